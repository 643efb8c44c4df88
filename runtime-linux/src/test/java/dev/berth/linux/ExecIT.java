package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerException;
import dev.berth.ContainerProcess;
import dev.berth.ContainerSetupException;
import dev.berth.ContainerStateException;
import dev.berth.ExecBuilder;
import dev.berth.Result;
import dev.berth.Signal;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.ProcStatus;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a further process can be told to be, and where. */
@RunsContainers
class ExecIT {
  private static final long CAP_NET_ADMIN = 1 << 12;
  private static final Pattern CHOSEN = Pattern.compile(":(.*,)?(cpu|memory)(,.*)?:");

  @RegisterExtension static final Containers containers = new Containers();

  private static CgroupLayout layout;

  @BeforeAll
  static void look() throws IOException {
    layout =
        CgroupLayout.parse(
            Files.readString(Path.of("/proc/self/mountinfo")),
            Files.readString(Path.of("/proc/self/cgroup")));
  }

  private static Container running() {
    return Containers.seeingCgroups(containers.container("sleep", "1000")).start();
  }

  @Test
  void has_its_own_user_groups_capabilities_and_privileges() throws Exception {
    try (Container container = running()) {
      ContainerProcess process =
          container
              .exec("cat")
              .user(1, 2)
              .additionalGroups(5, 6)
              .capabilities("CAP_NET_ADMIN")
              .noNewPrivileges(false)
              .start();
      ProcStatus outside = status("/proc/" + process.pid() + "/status");
      assertThat(outside.field("Uid")).isEqualTo("1\t1\t1\t1");
      assertThat(outside.field("Gid")).isEqualTo("2\t2\t2\t2");
      assertThat(outside.field("Groups")).isEqualTo("5 6");
      assertThat(outside.field("NoNewPrivs")).isEqualTo("0");
      assertThat(outside.bits("CapBnd") & CAP_NET_ADMIN).isEqualTo(CAP_NET_ADMIN);
      assertThat(outside.bits("CapInh")).isZero();
      process.destroyForcibly().waitFor();

      ProcStatus first = status("/proc/" + container.process().pid() + "/status");
      assertThat(first.bits("CapBnd") & CAP_NET_ADMIN).isZero();
      assertThat(first.field("NoNewPrivs")).isEqualTo("1");
    }
  }

  @Test
  void a_capability_is_effective_for_root_and_never_inheritable() throws Exception {
    try (Container container = running()) {
      Result result =
          container.exec("cat", "/proc/self/status").capabilities("CAP_NET_ADMIN").run();
      ProcStatus status = ProcStatus.parse(result.output());
      assertThat(status.bits("CapEff") & CAP_NET_ADMIN).isEqualTo(CAP_NET_ADMIN);
      assertThat(status.bits("CapPrm") & CAP_NET_ADMIN).isEqualTo(CAP_NET_ADMIN);
      assertThat(status.bits("CapInh")).isZero();
      assertThat(status.bits("CapAmb")).isZero();
    }
  }

  @Test
  void changes_no_mount() throws Exception {
    try (Container container = running()) {
      Path mounts = Path.of("/proc/" + container.process().pid() + "/mountinfo");
      String before = Files.readString(mounts);
      String inside = container.exec("cat", "/proc/self/mountinfo").run().orThrow().output();
      assertThat(inside).isEqualTo(before);
      assertThat(Files.readString(mounts)).isEqualTo(before);
    }
  }

  @Test
  void is_in_the_cgroup_of_the_container_unless_told_otherwise() throws Exception {
    try (Container container = running()) {
      assertThat(cgroups(container, container.exec("cat", "/proc/self/cgroup"))).containsOnly("");
      makeSubCgroups(container, "sub");
      for (String path : List.of("sub", "/sub", "./sub/", "//sub")) {
        assertThat(cgroups(container, container.exec("cat", "/proc/self/cgroup").cgroup(path)))
            .containsOnly("/sub");
      }
      assertThat(cgroups(container, container.exec("cat", "/proc/self/cgroup").cgroup("/")))
          .containsOnly("");
    }
  }

  @Test
  void can_be_in_another_cgroup_of_one_controller_alone() throws Exception {
    if (!layout.isV1()) {
      System.err.println("skipped: needs cgroup v1");
      Assumptions.abort("needs cgroup v1");
    }
    try (Container container = running()) {
      makeSubCgroups(container, "sub");
      ExecBuilder cat =
          container.exec("cat", "/proc/self/cgroup").cgroup("cpu", "sub").cgroup("memory", "/sub");
      assertThat(cat.run().orThrow().output().lines())
          .allMatch(line -> line.endsWith("/sub") == CHOSEN.matcher(line).find());
      assertThatThrownBy(() -> container.exec("true").cgroup("nosuch", "sub").start())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "cgroup controller \"nosuch\": not mounted as cgroup v1; with cgroup v2 give the path"
                  + " alone");
    }
  }

  @Test
  void joins_no_cgroup_that_is_not_there() {
    try (Container container = running()) {
      assertThatThrownBy(() -> container.exec("true").cgroup("sub").start())
          .isInstanceOf(ContainerSetupException.class)
          .hasMessageMatching(
              "container \"%1$s\": cgroup \"/%1$s/sub\": open [^:]+: ENOENT \\(No such file or directory\\); a process can only join a cgroup that is there"
                  .formatted(container.id()));
    }
  }

  @Test
  void is_refused_while_the_container_is_paused() throws Exception {
    try (Container container = running()) {
      freeze(container, true);
      assertThatThrownBy(() -> container.exec("true").start())
          .isInstanceOf(ContainerStateException.class)
          .hasMessage(
              "container \"%s\": cannot exec in a paused container; resume it first, or wait for"
                  + " that (--ignore-paused)",
              container.id());
      freeze(container, false);
      assertThat(container.exec("echo", "resumed").run().output()).isEqualTo("resumed\n");
    }
  }

  @Test
  void waits_until_the_container_is_resumed_if_asked() throws Exception {
    try (Container container = running()) {
      freeze(container, true);
      CompletableFuture<String> output = new CompletableFuture<>();
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  output.complete(container.exec("echo", "resumed").awaitResume().run().output());
                } catch (InterruptedException | RuntimeException e) {
                  output.completeExceptionally(e);
                }
              });
      awaitSleep(waiting);
      assertThat(container.processes()).hasSize(1);
      freeze(container, false);
      assertThat(output.get()).isEqualTo("resumed\n");
    }
  }

  @Test
  void a_wait_for_a_paused_container_ends_with_an_interrupt_or_with_the_container()
      throws Exception {
    Container container = running();
    freeze(container, true);
    AtomicReference<RuntimeException> interrupted = new AtomicReference<>();
    Thread first =
        Thread.ofVirtual()
            .start(() -> {
              try {
                container.exec("true").awaitResume().start();
              } catch (ContainerException e) {
                interrupted.set(e);
              }
            });
    CompletableFuture<ContainerProcess> second =
        CompletableFuture.supplyAsync(() -> container.exec("sleep", "1000").awaitResume().start());
    awaitSleep(first);
    first.interrupt();
    first.join();
    assertThat(interrupted.get())
        .hasMessage(
            "container \"%s\": not done: the calling thread was interrupted", container.id());
    container.deleteForcibly();
    assertThat(second.handle((started, refused) -> outcome(started, refused)).get())
        .isIn("killed", "refused");
  }

  /** To be killed, the container goes on for a moment, which can be enough for an exec to begin. */
  private static String outcome(@Nullable ContainerProcess started, @Nullable Throwable refused) {
    if (refused != null) {
      return refused.getCause() instanceof ContainerException ? "refused" : refused.toString();
    }
    try {
      return started.waitFor() == 137 ? "killed" : "ended by itself";
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_paused_container_can_be_killed_and_deleted() throws Exception {
    Container killed = running();
    freeze(killed, true);
    killed.kill(Signal.KILL);
    assertThat(killed.process().waitFor()).isEqualTo(137);
    killed.delete();
    Container all = running();
    freeze(all, true);
    all.killAll(Signal.KILL);
    assertThat(all.process().waitFor()).isEqualTo(137);
    all.delete();
    Container deleted = running();
    freeze(deleted, true);
    deleted.deleteForcibly();
    assertThat(deleted.process().waitFor()).isEqualTo(137);
  }

  private static void awaitSleep(Thread thread) throws InterruptedException {
    Eventually.await("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
  }

  private static void freeze(Container container, boolean frozen) throws IOException {
    for (MountedHierarchy hierarchy : layout.hierarchies()) {
      Path cgroup = cgroup(container, hierarchy);
      if (layout.isV1() && hierarchy.controllers().contains("freezer")) {
        Files.writeString(cgroup.resolve("freezer.state"), frozen ? "FROZEN" : "THAWED");
      } else if (!layout.isV1() && hierarchy.isUnified()) {
        Files.writeString(cgroup.resolve("cgroup.freeze"), frozen ? "1" : "0");
      }
    }
  }

  private static Path cgroup(Container container, MountedHierarchy hierarchy) {
    return Path.of(hierarchy.mountPoint(), container.id());
  }

  private static void makeSubCgroups(Container container, String name) throws IOException {
    for (MountedHierarchy hierarchy : layout.hierarchies()) {
      Path own = cgroup(container, hierarchy);
      Path sub = Files.createDirectory(own.resolve(name));
      for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
        if (hierarchy.controllers().contains("cpuset")) {
          Files.writeString(sub.resolve(file), Files.readString(own.resolve(file)));
        }
      }
    }
  }

  /** The paths from the container's own cgroup, whether or not it is a namespace's root. */
  private static List<String> cgroups(Container container, ExecBuilder cat)
      throws InterruptedException {
    return cat.run()
        .orThrow()
        .output()
        .lines()
        .map(line -> line.split(":", 3)[2].replace("/" + container.id(), ""))
        .map(path -> path.equals("/") ? "" : path)
        .distinct()
        .toList();
  }

  private static ProcStatus status(String file) throws IOException {
    return ProcStatus.parse(Files.readString(Path.of(file)));
  }
}
