package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.Result;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Capabilities;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cgroup of a container and its limits, on a machine with cgroup v1. */
@RunsContainers
class ResourcesIT {
  private static final Path HIERARCHIES = Path.of("/sys/fs/cgroup");

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void prepare() {
    assumeTrue(
        Files.exists(HIERARCHIES.resolve("memory/memory.limit_in_bytes")), "needs cgroup v1");
  }

  @Test
  void limits_memory() throws Exception {
    try (Container running =
        sleeping(containers.container().limits(Limits.NONE.memory(2068L << 20)))) {
      assertThat(file(running, "memory", "memory.limit_in_bytes")).isEqualTo("2168455168");
      assertThat(running.exec("cat", "/sys/fs/cgroup/memory/memory.limit_in_bytes").run().output())
          .isEqualTo("2168455168\n");
    }
  }

  @Test
  void tells_how_much_memory_a_container_took() throws Exception {
    String eightMebibytes = "dd if=/dev/zero of=/dev/shm/file bs=1048576 count=8";
    Result result = containers.container("sh", "-c", eightMebibytes).run();
    assertThat(result.usage().peakMemory().getAsLong()).isBetween(8L << 20, 16L << 20);
  }

  @Test
  void limits_memory_with_swap_and_reserves_some() throws Exception {
    Memory memory = new Memory(64L << 20, 32L << 20, 96L << 20, null, null, null, null, null, null);
    try (Container running = sleeping(resources(resources -> resources.withMemory(memory)))) {
      assertThat(file(running, "memory", "memory.limit_in_bytes")).isEqualTo("67108864");
      assertThat(file(running, "memory", "memory.memsw.limit_in_bytes")).isEqualTo("100663296");
      assertThat(file(running, "memory", "memory.soft_limit_in_bytes")).isEqualTo("33554432");
    }
  }

  @Test
  void tells_when_to_swap_and_whether_to_kill() throws Exception {
    Memory memory = new Memory(64L << 20, null, null, 1L << 20, null, 0L, true, null, null);
    try (Container running = sleeping(resources(resources -> resources.withMemory(memory)))) {
      assertThat(file(running, "memory", "memory.swappiness")).isEqualTo("0");
      assertThat(file(running, "memory", "memory.oom_control")).contains("oom_kill_disable 1");
    }
  }

  @Test
  void a_program_that_takes_more_memory_is_killed() throws Exception {
    Result result =
        containers
            .container("dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1")
            .limits(Limits.NONE.memory(16 << 20))
            .run();
    assertThat(result.exitValue()).isEqualTo(137);
  }

  @Test
  void a_program_within_its_memory_is_not() throws Exception {
    assertThat(
            containers
                .container("dd", "if=/dev/zero", "of=/dev/null", "bs=8M", "count=1")
                .limits(Limits.NONE.memory(16 << 20))
                .run()
                .exitValue())
        .isZero();
  }

  @Test
  void limits_processes() throws Exception {
    try (Container running = sleeping(containers.container().limits(Limits.NONE.pids(1024)))) {
      assertThat(file(running, "pids", "pids.max")).isEqualTo("1024");
    }
  }

  @Test
  void a_program_cannot_fork_beyond_the_limit() throws Exception {
    Result result =
        containers.shell("sleep 5 & sleep 5 & sleep 5 &").limits(Limits.NONE.pids(2)).run();
    assertThat(result.error()).isEqualTo("sh: can't fork: Resource temporarily unavailable\n");
  }

  @Test
  void limits_processor_time() throws Exception {
    try (Container running = sleeping(containers.container().limits(Limits.NONE.cpus(0.5)))) {
      assertThat(file(running, "cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
      assertThat(file(running, "cpu", "cpu.cfs_period_us")).isEqualTo("100000");
    }
  }

  @Test
  void shares_processors_and_keeps_to_some() throws Exception {
    Cpu cpu = new Cpu(512L, null, null, null, null, null, "0", "0", null);
    try (Container running = sleeping(resources(resources -> resources.withCpu(cpu)))) {
      assertThat(file(running, "cpu", "cpu.shares")).isEqualTo("512");
      assertThat(file(running, "cpuset", "cpuset.cpus")).isEqualTo("0");
      assertThat(running.exec("nproc").run().output()).isEqualTo("1\n");
    }
  }

  @Test
  void a_node_of_a_forbidden_device_can_be_made_but_not_opened() throws Exception {
    List<String> sets = List.of("CAP_MKNOD", "CAP_SYSLOG");
    ContainerBuilder builder =
        containers
            .shell(
                "cd /dev; busybox mknod log c 1 11; busybox mknod nothing c 1 3;"
                    + " echo x > nothing && cat nothing; cat log 2>&1; :")
            .edit(spec ->
                spec.withProcess(
                    spec.process()
                        .withCapabilities(
                            new Capabilities(sets, sets, List.of(), sets, List.of()))));
    assertThat(output(builder)).isEqualTo("cat: can't open 'log': Operation not permitted");
  }

  @Test
  void the_cgroup_goes_with_the_container() throws Exception {
    Path cgroup;
    try (Container running = sleeping(containers.container())) {
      cgroup = directory(running, "memory");
      assertThat(cgroup).isDirectory();
    }
    assertThat(cgroup).doesNotExist();
  }

  @Test
  void a_path_of_several_levels_goes_too_as_far_as_it_was_made() throws Exception {
    String top = "/" + Containers.newId();
    Path memory = HIERARCHIES.resolve("memory" + top);
    try (Container first = sleeping(at(top + "/first/a"))) {
      assertThat(directory(first, "memory")).isEqualTo(memory.resolve("first/a"));
      try (Container second = sleeping(at(top + "/second"))) {
        assertThat(directory(second, "memory")).isEqualTo(memory.resolve("second"));
      }
      assertThat(memory.resolve("second")).doesNotExist();
      assertThat(memory.resolve("first/a")).isDirectory();
    }
    assertThat(memory).doesNotExist();
  }

  @Test
  void an_occupied_cgroup_is_refused() throws Exception {
    String path = "/" + Containers.newId();
    try (Container _ = sleeping(at(path))) {
      assertThat(refusal(at(path).command("true")))
          .isEqualTo(
              "container \"ID\": cgroup \"%s\": not empty: 1 processes; stop them, or choose"
                  + " another cgroup",
              path);
    }
  }

  @Test
  void a_path_with_parents_is_refused() {
    assertThat(refusal(at("/a/../b").command("true")))
        .isEqualTo(
            "config.json: linux.cgroupsPath: cgroup \"/a/../b\": '..' is not allowed; name the"
                + " cgroup from the root");
  }

  @Test
  void a_limit_that_the_kernel_refuses_is_named() {
    String path = "/" + Containers.newId();
    Cpu cpu = new Cpu(null, null, null, null, null, null, "4096", null, null);
    assertThat(
            refusal(
                resources(resources -> resources.withCpu(cpu))
                    .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(path)))
                    .command("true")))
        .isEqualTo(
            "container \"ID\": cpuset limit: write \"4096\" to /sys/fs/cgroup/cpuset%s/cpuset.cpus:"
                + " ERANGE (Numerical result out of range); this machine does not have all of them,"
                + " or not in use",
            path);
  }

  private static ContainerBuilder at(String cgroupsPath) {
    return containers
        .container()
        .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(cgroupsPath)));
  }

  private static ContainerBuilder resources(UnaryOperator<LinuxResources> change) {
    return containers
        .container()
        .edit(spec ->
            spec.withLinux(spec.linux().withResources(change.apply(spec.linux().resources()))));
  }

  private static Container sleeping(ContainerBuilder builder) {
    return builder.command("sleep", "1000").start();
  }

  private static String file(Container container, String controller, String name)
      throws IOException {
    return Files.readString(directory(container, controller).resolve(name)).strip();
  }

  private static Path directory(Container container, String controller) throws IOException {
    Path cgroup = Path.of("/proc", Long.toString(container.process().pid()), "cgroup");
    for (String line : Files.readAllLines(cgroup)) {
      String[] fields = line.split(":", 3);
      if (List.of(fields[1].split(",")).contains(controller)) {
        return HIERARCHIES.resolve(controller + fields[2]);
      }
    }
    throw new AssertionError("no " + controller);
  }
}
