package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.CgroupDriver;
import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerEvent;
import dev.berth.ContainerEvents.Listening;
import dev.berth.ContainerProcess;
import dev.berth.ContainerRuntime;
import dev.berth.Ending;
import dev.berth.Limits;
import dev.berth.MemoryKills;
import dev.berth.MemoryKills.Limit;
import dev.berth.Result;
import dev.berth.Status;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.linux.testing.Workspace;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No kill for want of memory is missed, and it is told what was used up. */
@RunsContainers
class OutOfMemoryIT {
  private static final int ROUNDS = 200;
  private static final int MIB = 1 << 20;
  private static final long LIMIT = 4L * MIB;
  private static final boolean V2 = Files.exists(Path.of("/sys/fs/cgroup/cgroup.procs"));

  /** Where the cgroup of a container has its memory controller. */
  private static final Path MEMORY = Path.of(V2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory");

  @RegisterExtension final Workspace workspace = new Workspace();

  @BeforeEach
  void bring_the_allocator() throws IOException {
    Files.copy(
        TestProgram.get("allocate"),
        workspace.rootfs().resolve("allocate"),
        StandardCopyOption.COPY_ATTRIBUTES);
  }

  /** One that runs {@code allocate}, and may have so much memory. */
  private ContainerBuilder allocating(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "/allocate";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return workspace.container("a", command).limits(Limits.NONE.memory(LIMIT).swap(0));
  }

  private static MemoryKills kills(int count) {
    return new MemoryKills(count, 0, Limit.MEMORY, OptionalLong.of(LIMIT));
  }

  @Test
  void two_hundred_containers_that_take_too_much() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Result result = allocating("16").run();
      assertThat(result.ending()).as("round %d", round).isEqualTo(new Ending.OutOfMemory(kills(1)));
    }
  }

  /** Its status is asked of the kernel, and so may be known before what this JVM waits for. */
  @Test
  void containers_that_are_deleted_as_soon_as_they_have_stopped() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Container container = allocating("16").start();
      ContainerProcess process = container.process();
      while (container.state().status() != Status.STOPPED) {
        Thread.onSpinWait();
      }
      container.delete();
      process.waitFor();
      assertThat(process.ending()).as("round %d", round).contains(new Ending.OutOfMemory(kills(1)));
    }
  }

  /** systemd removes the cgroup with the last process, and who looks later finds nothing. */
  @Test
  void fifty_containers_of_systemd_that_take_too_much() throws Exception {
    assumeTrue(V2 && Files.isDirectory(Path.of("/run/systemd/system")), "needs systemd");
    ContainerRuntime runtime =
        ContainerRuntime.builder()
            .root(workspace.root())
            .cgroupDriver(CgroupDriver.SYSTEMD)
            .build();
    for (int round = 0; round < 50; round++) {
      Result result =
          runtime
              .container(workspace.id("a"))
              .rootfs(workspace.rootfs())
              .command("/allocate", "16")
              .limits(Limits.NONE.memory(LIMIT).swap(0))
              .run();
      MemoryKills kills = result.memoryKills().orElseThrow();
      assertThat(result.ending()).as("round %d", round).isEqualTo(new Ending.OutOfMemory(kills));
      assertThat(kills.processes()).isEqualTo(1);
      assertThat(kills.limit()).isEqualTo(Limit.MEMORY);
    }
  }

  @Test
  void two_hundred_children_of_one_container_that_take_too_much() throws Exception {
    List<ContainerEvent.OutOfMemory> told = new CopyOnWriteArrayList<>();
    Container container = allocating("children").create();
    try (container;
        Listening _ =
            container
                .events()
                .listen(event -> {
                  if (event instanceof ContainerEvent.OutOfMemory killed) {
                    told.add(killed);
                  }
                });
        Writer input = container.process().outputWriter()) {
      container.start();
      for (int round = 1; round <= ROUNDS; round++) {
        input.write("16\n");
        input.flush();
        int count = round;
        Eventually.await(
            "kill %d is told".formatted(round),
            () -> !told.isEmpty() && told.getLast().kills().processes() == count);
      }
      assertThat(container.process().isAlive()).isTrue();
    }
    assertThat(told.stream().mapToLong(ContainerEvent.OutOfMemory::more).sum()).isEqualTo(ROUNDS);
    assertThat(container.process().memoryKills()).contains(kills(ROUNDS));
  }

  @Test
  void all_of_a_container_together() throws Exception {
    assumeTrue(V2, "needs memory.oom.group of cgroup v2");
    ContainerBuilder builder =
        workspace
            .container("a", "sh", "-c", "sleep 1000 & sleep 1000 & /allocate 16; exit 0")
            .limits(Limits.NONE.memory(LIMIT).swap(0));
    Result result = builder.edit(resources(OutOfMemoryIT::inGroups)).run();
    MemoryKills kills = result.memoryKills().orElseThrow();
    assertThat(result.ending()).isEqualTo(new Ending.OutOfMemory(kills));
    assertThat(kills.groups()).isEqualTo(1);
    // With the first process the others of its PID namespace end, some before their turn comes.
    assertThat(kills.processes()).isBetween(1L, 4L);
    assertThat(kills.limit()).isEqualTo(Limit.MEMORY);
    assertThat(kills.toString()).endsWith(", all of the cgroup)");
  }

  @Test
  void the_memory_of_a_cgroup_above() throws Exception {
    Path above = Files.createDirectory(MEMORY.resolve(workspace.id("above")));
    try {
      if (V2) {
        Files.writeString(MEMORY.resolve("cgroup.subtree_control"), "+memory");
        Files.writeString(above.resolve("cgroup.subtree_control"), "+memory");
      }
      Files.writeString(limitOf(above), "" + LIMIT);
      String path = "/%s/%s".formatted(workspace.id("above"), workspace.id("a"));
      ContainerBuilder builder =
          workspace.container("a", "/allocate", "16").limits(Limits.NONE.memory(64 * MIB).swap(0));
      Result result =
          builder.edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(path))).run();
      assertThat(result.ending())
          .isEqualTo(
              new Ending.OutOfMemory(new MemoryKills(1, 0, Limit.OUTSIDE, OptionalLong.empty())));
    } finally {
      Files.delete(above);
    }
  }

  @Test
  void the_memory_of_a_cgroup_inside() throws Exception {
    ContainerBuilder builder =
        workspace.container("a", "sleep", "1000").limits(Limits.NONE.memory(64 * MIB).swap(0));
    ContainerProcess further;
    try (Container container = builder.start()) {
      Path inside = Files.createDirectory(MEMORY.resolve(workspace.id("a")).resolve("inside"));
      if (V2) {
        Path below = Files.createDirectory(inside.resolveSibling("first"));
        Files.writeString(below.resolve("cgroup.procs"), "" + container.process().pid());
        Files.writeString(inside.resolveSibling("cgroup.subtree_control"), "+memory");
      }
      Files.writeString(limitOf(inside), "" + LIMIT);
      further =
          V2
              ? container.exec("/allocate", "16").cgroup("inside").start()
              : container.exec("/allocate", "16").cgroup("memory", "inside").start();
      further.waitFor();
    }
    assertThat(further.ending())
        .contains(
            new Ending.OutOfMemory(new MemoryKills(1, 0, Limit.INSIDE, OptionalLong.empty())));
  }

  private static Path limitOf(Path cgroup) {
    return cgroup.resolve(V2 ? "memory.max" : "memory.limit_in_bytes");
  }

  private static UnaryOperator<Spec> resources(UnaryOperator<LinuxResources> change) {
    return spec ->
        spec.withLinux(spec.linux().withResources(change.apply(spec.linux().resources())));
  }

  private static LinuxResources inGroups(LinuxResources resources) {
    return new LinuxResources(
        resources.devices(),
        resources.memory(),
        resources.cpu(),
        resources.pids(),
        resources.blockIO(),
        resources.hugepageLimits(),
        resources.network(),
        resources.rdma(),
        Map.of("memory.oom.group", "1"));
  }
}
