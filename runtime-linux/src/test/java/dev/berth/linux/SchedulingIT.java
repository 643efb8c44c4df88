package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.ProcStatus;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IoPriority;
import dev.berth.spec.MemoryPolicy;
import dev.berth.spec.Personality;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.ProcessSpec.ExecCpuAffinity;
import dev.berth.spec.Scheduler;
import dev.berth.spec.Scheduler.Flag;
import dev.berth.spec.Scheduler.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A container's share of processors, disks and memory nodes, seen from inside and from outside. */
@RunsContainers
class SchedulingIT {
  /** A kernel that gives each cgroup its own share of real time gives a new one none. */
  private static final Path REAL_TIME_GROUPS = Path.of("/sys/fs/cgroup/cpu/cpu.rt_runtime_us");

  private static final Path NODES = Path.of("/sys/devices/system/node/online");

  @RegisterExtension static final Containers containers = new Containers();

  @ParameterizedTest
  @CsvSource({
    "SCHED_OTHER, 3, 0, 0",
    "SCHED_FIFO, 0, 7, 1",
    "SCHED_RR, 0, 9, 2",
    "SCHED_BATCH, -4, 0, 3",
    "SCHED_IDLE, 0, 0, 5",
  })
  void is_scheduled_as_configured(Policy policy, int nice, int priority, String number)
      throws Exception {
    Scheduler scheduler = new Scheduler(policy, nice, priority, List.of(), null, null, null);
    if (priority > 0 && Files.exists(REAL_TIME_GROUPS)) {
      assertThat(refusal(sleep(p -> p.withScheduler(scheduler))))
          .isEqualTo(
              "container \"ID\": set scheduler %s, nice 0, priority %d: EPERM (Operation not"
                  + " permitted); it takes CAP_SYS_NICE on the host, and on cgroup version 1"
                  + " linux.resources.cpu.realtimeRuntime",
              policy, priority);
      return;
    }
    try (Container running = sleep(p -> p.withScheduler(scheduler)).start()) {
      Stat inside = Stat.parse(running.exec("cat", "/proc/1/stat").run().orThrow().output());
      Stat outside = Stat.of(running.process().pid());
      assertThat(inside).isEqualTo(outside);
      assertThat(outside.policy()).isEqualTo(number);
      assertThat(outside.realTimePriority()).isEqualTo(Integer.toString(priority));
      assertThat(outside.nice()).isEqualTo(Integer.toString(nice));
    }
  }

  @Test
  void is_scheduled_by_deadlines() throws Exception {
    Scheduler scheduler =
        new Scheduler(
            Policy.SCHED_DEADLINE,
            null,
            null,
            List.of(Flag.SCHED_FLAG_RESET_ON_FORK, Flag.SCHED_FLAG_RECLAIM),
            1_000_000L,
            50_000_000L,
            100_000_000L);
    try (Container running = sleep(p -> p.withScheduler(scheduler)).start()) {
      assertThat(Stat.of(running.process().pid()).policy()).isEqualTo("6");
      assertThat(host("chrt", "--pid", Long.toString(running.process().pid())))
          .contains("SCHED_DEADLINE|SCHED_RESET_ON_FORK")
          .contains("1000000/50000000/100000000");
    }
  }

  @Test
  void says_that_a_policy_does_not_exist() {
    Scheduler scheduler = new Scheduler(Policy.SCHED_ISO, null, null, List.of(), null, null, null);
    assertThat(refusal(sleep(p -> p.withScheduler(scheduler))))
        .isEqualTo(
            "container \"ID\": set scheduler SCHED_ISO: EINVAL (Invalid argument); no version of"
                + " Linux has it");
  }

  /** Every flag reaches the kernel: what it makes of them is up to its configuration. */
  @ParameterizedTest
  @EnumSource
  void hands_the_flags_on(Flag flag) throws Exception {
    Scheduler scheduler =
        new Scheduler(Policy.SCHED_OTHER, 2, null, List.of(flag), null, null, null);
    ContainerBuilder builder =
        containers
            .container("true")
            .edit(spec -> spec.withProcess(spec.process().withScheduler(scheduler)));
    switch (flag) {
      case SCHED_FLAG_UTIL_CLAMP_MIN, SCHED_FLAG_UTIL_CLAMP_MAX -> {
        if (!Files.exists(Path.of("/proc/sys/kernel/sched_util_clamp_min"))) {
          assertThat(refusal(builder))
              .isEqualTo(
                  "container \"ID\": set scheduler SCHED_OTHER, nice 2, %s: EOPNOTSUPP (Operation"
                          .formatted(flag)
                      + " not supported); this kernel has no utilisation clamps"
                      + " (CONFIG_UCLAMP_TASK)");
          return;
        }
        builder.run().orThrow();
      }
      default -> builder.run().orThrow();
    }
  }

  @Test
  void a_further_process_is_scheduled_as_the_runtime_unless_it_says_otherwise() throws Exception {
    Scheduler batch = new Scheduler(Policy.SCHED_BATCH, 5, null, List.of(), null, null, null);
    try (Container running = sleep(p -> p.withScheduler(batch)).start()) {
      ContainerProcess plain = running.exec("sleep", "1000").start();
      assertThat(Stat.of(plain.pid()).policy()).isEqualTo("0");
      ContainerProcess own = running.exec(running.spec().process()).start();
      assertThat(Stat.of(own.pid()).policy()).isEqualTo("3");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "IOPRIO_CLASS_RT, 2, realtime: prio 2",
    "IOPRIO_CLASS_BE, 7, best-effort: prio 7",
    "IOPRIO_CLASS_IDLE, 0, idle",
  })
  void has_the_priority_of_input_and_output(IoPriority.IoClass ioClass, int priority, String seen)
      throws Exception {
    UnaryOperator<ProcessSpec> change =
        process -> process.withIoPriority(new IoPriority(ioClass, priority));
    try (Container running = sleep(change).start()) {
      assertThat(host("ionice", "--pid", Long.toString(running.process().pid()))).isEqualTo(seen);
      assertThat(running.exec("busybox", "ionice", "-p", "1").run().orThrow().output().strip())
          .isEqualTo(seen);
      ContainerProcess own = running.exec(change.apply(running.spec().process())).start();
      assertThat(host("ionice", "--pid", Long.toString(own.pid()))).isEqualTo(seen);
    }
  }

  @Test
  void is_another_machine_by_its_personality() throws Exception {
    assumeTrue(
        System.getProperty("os.arch").equals("amd64"), "what uname says then is known of amd64");
    ContainerBuilder builder =
        sleep(p -> p)
            .edit(spec ->
                spec.withLinux(
                    spec.linux()
                        .withPersonality(new Personality(Personality.Domain.LINUX32, List.of()))));
    try (Container running = builder.start()) {
      assertThat(running.exec("busybox", "uname", "-m").run().orThrow().output())
          .isEqualTo("i686\n");
      assertThat(proc(running.process().pid(), "personality")).isEqualTo("00000008");
    }
  }

  @Test
  void has_memory_of_the_configured_nodes() throws Exception {
    assumeTrue(Files.exists(NODES), "this kernel knows no memory nodes");
    MemoryPolicy policy =
        new MemoryPolicy(
            MemoryPolicy.Mode.MPOL_BIND, "0", List.of(MemoryPolicy.Flag.MPOL_F_STATIC_NODES));
    try (Container running = choosing(policy).start()) {
      assertThat(proc(running.process().pid(), "numa_maps")).contains(" bind=static:0 ");
      assertThat(running.exec("cat", "/proc/1/numa_maps").run().orThrow().output())
          .contains(" bind=static:0 ");
      ContainerProcess further = running.exec("sleep", "1000").start();
      assertThat(proc(further.pid(), "numa_maps")).contains(" bind=static:0 ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "MPOL_INTERLEAVE, 0, interleave:0",
    "MPOL_PREFERRED, 0, prefer:0",
    "MPOL_PREFERRED_MANY, 0, prefer (many):0",
    "MPOL_LOCAL, , local",
    "MPOL_PREFERRED, , local",
    "MPOL_DEFAULT, , default",
  })
  void chooses_memory_nodes_in_each_mode(MemoryPolicy.Mode mode, String nodes, String seen)
      throws Exception {
    assumeTrue(Files.exists(NODES), "this kernel knows no memory nodes");
    try (Container running = choosing(new MemoryPolicy(mode, nodes, List.of())).start()) {
      assertThat(proc(running.process().pid(), "numa_maps")).contains(" " + seen + " ");
    }
  }

  @Test
  void says_that_a_memory_node_is_not_there() {
    assumeTrue(Files.exists(NODES), "this kernel knows no memory nodes");
    MemoryPolicy policy = new MemoryPolicy(MemoryPolicy.Mode.MPOL_BIND, "1000", List.of());
    assertThat(refusal(choosing(policy)))
        .isEqualTo(
            "container \"ID\": set memory policy MPOL_BIND, nodes 1000: EINVAL (Invalid argument);"
                + " a node that is not there or not in cpuset.mems of the cgroup, or a mode that"
                + " this kernel does not have");
  }

  @Test
  void runs_on_all_processors_though_the_runtime_is_bound_to_one() throws Exception {
    String own = processors(ProcessHandle.current().pid());
    assumeTrue(!own.equals("0"), "there is only one processor");
    String output =
        ContainerJvm.boundTo("0")
            .run(
                containers.directory().resolve(Containers.newId()),
                containers.bundle(containers.container("cat", "/proc/self/status")));
    assertThat(ProcStatus.parse(output).field("Cpus_allowed_list")).isEqualTo(own);
  }

  @Test
  void binds_a_further_process_to_its_processors() throws Exception {
    try (Container running = sleep(p -> p).start()) {
      ContainerProcess bound = running.exec(bound(running, new ExecCpuAffinity(null, "0"))).start();
      assertThat(processors(bound.pid())).isEqualTo("0");
      ContainerProcess freed = running.exec(bound(running, new ExecCpuAffinity("0", null))).start();
      assertThat(processors(freed.pid())).isEqualTo(processors(running.process().pid()));
      assertThat(processors(running.process().pid()))
          .isEqualTo(processors(ProcessHandle.current().pid()));
    }
  }

  @Test
  void says_that_there_are_no_such_processors() throws Exception {
    try (Container running = sleep(p -> p).start()) {
      assertThatThrownBy(
              () -> running.exec(bound(running, new ExecCpuAffinity("4000-4001", null))).start())
          .hasMessage(
              "container \"%s\": run on processors 4000-4001: EINVAL (Invalid argument); none of"
                  + " these processors is online and in cpuset.cpus of the cgroup",
              running.id());
    }
  }

  private static ProcessSpec bound(Container container, ExecCpuAffinity affinity) {
    return container.spec().process().withExecCPUAffinity(affinity);
  }

  private static ContainerBuilder sleep(UnaryOperator<ProcessSpec> change) {
    return containers
        .container("sleep", "1000")
        .edit(spec -> spec.withProcess(change.apply(spec.process())));
  }

  private static ContainerBuilder choosing(MemoryPolicy policy) {
    return sleep(p -> p).edit(spec -> spec.withLinux(spec.linux().withMemoryPolicy(policy)));
  }

  private static String processors(long pid) throws IOException {
    return ProcStatus.parse(proc(pid, "status")).field("Cpus_allowed_list");
  }

  private static String proc(long pid, String file) throws IOException {
    return Files.readString(Path.of("/proc/" + pid, file)).strip();
  }

  private static String host(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes()).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** Of {@code /proc/PID/stat}; proc_pid_stat(5). */
  private record Stat(String nice, String realTimePriority, String policy) {
    static Stat of(long pid) throws IOException {
      return parse(proc(pid, "stat"));
    }

    static Stat parse(String text) {
      // The fields after the name, which is the second one and in parentheses.
      String[] fields = text.substring(text.lastIndexOf(')') + 2).strip().split(" ");
      return new Stat(fields[16], fields[37], fields[38]);
    }
  }
}
