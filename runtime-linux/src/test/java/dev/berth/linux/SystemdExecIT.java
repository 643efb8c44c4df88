package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ContainerRuntime;
import dev.berth.ContainerSetupException;
import dev.berth.ExecBuilder;
import dev.berth.Limits;
import dev.berth.Result;
import dev.berth.Usage;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.linux.testing.Systemctl;
import dev.berth.linux.testing.TestProgram;
import dev.berth.spec.ProcessSpec.ExecCpuAffinity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Further processes in a container whose cgroup systemd makes: as root, as a user in a scope of his
 * own systemd, and as one in a session, where no cgroup is his.
 */
@ExtendWith(LeavesNothingBehind.class)
class SystemdExecIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @RegisterExtension static final Containers containers = new Containers();

  private static ContainerRuntime runtime;

  @BeforeAll
  static void prepare() throws IOException {
    runtime = containers.runtimeOfSystemd();
    Files.copy(TestProgram.get("workload"), containers.root().resolve("bin/workload"));
  }

  @Test
  void is_in_the_cgroup_of_the_container_in_every_hierarchy() throws Exception {
    try (Container box = sleeping().start()) {
      List<String> own = cgroups(box.process().pid());
      assertThat(own).isNotEmpty().allMatch(line -> line.endsWith("/" + unit(box)));
      assertThat(cgroupsSeenBy(box.exec("cat", "/proc/self/cgroup"))).isEqualTo(own);
    }
  }

  @Test
  void a_cgroup_of_its_own_is_inside_and_counts_what_it_used() throws Exception {
    try (Container box = sleeping().splitCgroup().start()) {
      String scope = scope(box);
      assertThat(cgroupsSeenBy(box.exec("cat", "/proc/self/cgroup").ownCgroup()))
          .allMatch(line -> line.contains(scope + "/exec-"));

      Usage usage = box.exec("workload", "memory", "32").ownCgroup().run(LIMIT).orThrow().usage();
      assertThat(usage.peakMemory().getAsLong()).isBetween(32L << 20, 48L << 20);

      Usage orphan = box.exec("workload", "orphan", "300").ownCgroup().run(LIMIT).usage();
      assertThat(orphan.cpu()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
      assertThat(inside(scope)).noneMatch(name -> name.startsWith("exec-"));
    }
    assertThat(Systemctl.units("berth-it-" + ProcessHandle.current().pid() + "*")).isEmpty();
  }

  @Test
  void a_split_cgroup_has_the_first_process_inside_and_the_limits_outside() throws Exception {
    try (Container box =
        sleeping().limits(Limits.NONE.memory(32 << 20).pids(30)).splitCgroup().start()) {
      String scope = scope(box);
      assertThat(Systemctl.show(unit(box)))
          .containsEntry("MemoryMax", "33554432")
          .containsEntry("TasksMax", "30");
      assertThat(cgroupsSeenBy(box.exec("cat", "/proc/self/cgroup")))
          .isEqualTo(cgroups(box.process().pid()));

      assertThat(box.exec("workload", "memory", "64").ownCgroup().run(LIMIT).exitValue())
          .isEqualTo(137);
      assertThat(box.exec("workload", "memory", "64").run(LIMIT).exitValue()).isEqualTo(137);
      assertThat(box.exec("workload", "memory", "16").ownCgroup().run(LIMIT).exitValue()).isZero();
      assertThat(box.stats().memory().events().oomKill()).hasValue(2);
      assertThat(box.process().isAlive()).isTrue();
      assertThat(inside(scope)).noneMatch(name -> name.startsWith("exec-"));

      box.update(Limits.NONE.memory(96 << 20));
      assertThat(box.exec("workload", "memory", "64").ownCgroup().run(LIMIT).exitValue()).isZero();
    }
  }

  @Test
  void an_exec_that_memory_was_short_for_says_so() throws Exception {
    try (Container box = sleeping().limits(Limits.NONE.memory(32 << 20)).splitCgroup().start()) {
      Result result = box.exec("workload", "memory", "64").ownCgroup().run(LIMIT);
      assertThatThrownBy(result::orThrow).hasMessageContaining("32 MiB");
    }
  }

  @Test
  void an_exec_that_fails_leaves_no_cgroup() throws Exception {
    try (Container box = sleeping().splitCgroup().start()) {
      ExecBuilder missing = box.exec("/not/there").ownCgroup();
      assertThatThrownBy(missing::start).isInstanceOf(ContainerSetupException.class);
      assertThat(inside(scope(box))).noneMatch(name -> name.startsWith("exec-"));
      assertThat(box.exec("true").run(LIMIT).exitValue()).isZero();
    }
  }

  @Test
  void an_exec_with_a_cgroup_of_its_own_ends_with_all_that_it_started() throws Exception {
    try (Container box = sleeping().start()) {
      ContainerProcess process =
          box.exec("sh", "-c", "sleep 1000 & (sleep 1001 &)").ownCgroup().start();
      assertThat(process.waitFor()).isZero();
      String scope = scope(box);
      Eventually.await(
          "no cgroup of an exec",
          () -> inside(scope).stream().noneMatch(name -> name.startsWith("exec-")));
      assertThat(box.processes()).hasSize(1);
    }
  }

  @Test
  void a_container_goes_with_its_execs() throws Exception {
    ContainerProcess own;
    ContainerProcess shared;
    try (Container box = sleeping().splitCgroup().start()) {
      own = box.exec("sleep", "1000").ownCgroup().start();
      shared = box.exec("sleep", "1000").start();
      box.pause();
      box.resume();
    }
    assertThat(own.waitFor()).isEqualTo(137);
    assertThat(shared.waitFor()).isEqualTo(137);
    assertThat(own.usage()).isPresent();
    assertThat(Systemctl.units("berth-it-" + ProcessHandle.current().pid() + "*")).isEmpty();
  }

  @Test
  void many_at_once_are_each_where_they_belong() throws Exception {
    try (Container box = sleeping().splitCgroup().start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<List<String>>> execs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        execs.add(() -> cgroupsSeenBy(box.exec("cat", "/proc/self/cgroup").ownCgroup()));
        execs.add(() -> cgroupsSeenBy(box.exec("cat", "/proc/self/cgroup")));
      }
      List<String> first = cgroups(box.process().pid());
      List<List<String>> seen = new ArrayList<>();
      for (Future<List<String>> each : threads.invokeAll(execs)) {
        seen.add(each.get());
      }
      assertThat(seen).filteredOn(first::equals).hasSize(3);
      assertThat(seen).filteredOn(each -> each.toString().contains("/exec-")).hasSize(3);
      assertThat(inside(scope(box))).noneMatch(name -> name.startsWith("exec-"));
    }
  }

  @Test
  void one_that_begins_on_a_processor_of_the_runtime_is_in_the_cgroup_as_well() throws Exception {
    try (Container box =
        sleeping()
            .edit(spec ->
                spec.withProcess(spec.process().withExecCPUAffinity(new ExecCpuAffinity("0", "0"))))
            .splitCgroup()
            .start()) {
      assertThat(cgroupsSeenBy(box.exec("cat", "/proc/self/cgroup")))
          .isEqualTo(cgroups(box.process().pid()));
    }
  }

  private static ContainerBuilder sleeping() {
    return Containers.seeingCgroups(
        runtime.container(Containers.newId()).rootfs(containers.root()).command("sleep", "1000"));
  }

  private static String unit(Container container) {
    return "berth-" + container.id() + ".scope";
  }

  private static String scope(Container container) throws Exception {
    return Systemctl.show(unit(container)).get("ControlGroup");
  }

  /** Those of systemd and of controllers that a container joins. */
  private static List<String> cgroups(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"));
  }

  private static List<String> cgroupsSeenBy(ExecBuilder cat) throws InterruptedException {
    return cat.run(LIMIT).orThrow().output().lines().toList();
  }

  /** The names of the cgroups inside. */
  private static List<String> inside(String scope) {
    try (Stream<Path> entries = Files.list(Path.of("/sys/fs/cgroup" + scope))) {
      return entries.filter(Files::isDirectory).map(each -> each.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
