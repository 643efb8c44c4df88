package dev.berth.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Problem;
import dev.berth.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulingChecksTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'policy': 'SCHED_OTHER', 'nice': -20",
        "'policy': 'SCHED_BATCH', 'nice': 19, 'flags': ['SCHED_FLAG_RESET_ON_FORK']",
        "'policy': 'SCHED_FIFO', 'priority': 99",
        "'policy': 'SCHED_RR', 'priority': 1, 'nice': 0",
        "'policy': 'SCHED_IDLE'",
        "'policy': 'SCHED_ISO'",
        "'policy': 'SCHED_DEADLINE', 'runtime': 10, 'deadline': 10",
        "'policy': 'SCHED_DEADLINE', 'runtime': 1, 'deadline': 18446744073709551614,"
            + " 'period': 18446744073709551615",
      })
  void allows_what_belongs_to_a_policy(String scheduler) {
    assertThat(scheduler(scheduler)).isEmpty();
  }

  @Test
  void refuses_what_belongs_to_another_policy() {
    assertThat(scheduler("'policy': 'SCHED_FIFO', 'priority': 5, 'nice': 3, 'period': 9"))
        .containsExactly("process.scheduler.period: only for SCHED_DEADLINE, and not SCHED_FIFO");
    assertThat(scheduler("'policy': 'SCHED_IDLE', 'priority': 5, 'runtime': 1, 'deadline': 2"))
        .containsExactly(
            "process.scheduler.priority: only for SCHED_FIFO and SCHED_RR, and not SCHED_IDLE",
            "process.scheduler.runtime: only for SCHED_DEADLINE, and not SCHED_IDLE",
            "process.scheduler.deadline: only for SCHED_DEADLINE, and not SCHED_IDLE");
  }

  /** As the kernel does: sched_setattr(2) has it only for what is not real-time. */
  @Test
  void ignores_a_nice_value_that_the_policy_does_not_have() {
    assertThat(scheduler("'policy': 'SCHED_FIFO', 'priority': 5, 'nice': 3")).isEmpty();
  }

  @Test
  void refuses_values_out_of_their_range() {
    assertThat(scheduler("'policy': 'SCHED_OTHER', 'nice': -21"))
        .containsExactly("process.scheduler.nice: -21 is not within -20 to 19");
    assertThat(scheduler("'policy': 'SCHED_RR', 'priority': 100"))
        .containsExactly("process.scheduler.priority: 100 is not within 1 to 99");
    assertThat(scheduler("'policy': 'SCHED_FIFO'"))
        .containsExactly("process.scheduler.priority: 0 is not within 1 to 99");
  }

  @Test
  void refuses_deadlines_that_nobody_can_keep() {
    assertThat(scheduler("'policy': 'SCHED_DEADLINE'"))
        .containsExactly(
            "process.scheduler.runtime: missing, and SCHED_DEADLINE needs it",
            "process.scheduler.deadline: missing, and SCHED_DEADLINE needs it");
    assertThat(scheduler("'policy': 'SCHED_DEADLINE', 'runtime': 3, 'deadline': 2, 'period': 1"))
        .containsExactly(
            "process.scheduler.runtime: greater than the deadline",
            "process.scheduler.deadline: greater than the period");
  }

  @Test
  void refuses_priorities_of_input_and_output_out_of_their_range() {
    assertThat(process("'ioPriority': {'class': 'IOPRIO_CLASS_BE', 'priority': -1}"))
        .containsExactly("process.ioPriority.priority: -1 is not within 0 to 7");
  }

  @Test
  void refuses_lists_of_processors_that_are_none() {
    assertThat(process("'execCPUAffinity': {'initial': '3-1', 'final': 'all'}"))
        .containsExactly(
            "process.execCPUAffinity.initial: \"3-1\" is not a list such as 0-3,7",
            "process.execCPUAffinity.final: \"all\" is not a list such as 0-3,7");
    assertThat(process("'execCPUAffinity': {'initial': '0', 'final': ''}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'mode': 'MPOL_DEFAULT'",
        "'mode': 'MPOL_LOCAL', 'nodes': ''",
        "'mode': 'MPOL_BIND', 'nodes': '0-3,7', 'flags': ['MPOL_F_NUMA_BALANCING',"
            + " 'MPOL_F_STATIC_NODES']",
        "'mode': 'MPOL_PREFERRED'",
        "'mode': 'MPOL_PREFERRED', 'nodes': '1', 'flags': ['MPOL_F_RELATIVE_NODES']",
        "'mode': 'MPOL_PREFERRED_MANY', 'nodes': '0', 'flags': ['MPOL_F_NUMA_BALANCING']",
        "'mode': 'MPOL_INTERLEAVE', 'nodes': '0'",
        "'mode': 'MPOL_WEIGHTED_INTERLEAVE', 'nodes': '0'",
      })
  void allows_memory_policies(String policy) {
    assertThat(memoryPolicy(policy)).isEmpty();
  }

  @Test
  void refuses_memory_policies_that_make_no_sense() {
    assertThat(memoryPolicy("'mode': 'MPOL_BIND', 'nodes': 'x'"))
        .containsExactly("linux.memoryPolicy.nodes: \"x\" is not a list such as 0-3,7");
    assertThat(memoryPolicy("'mode': 'MPOL_INTERLEAVE'"))
        .containsExactly("linux.memoryPolicy.nodes: missing, and MPOL_INTERLEAVE needs them");
    assertThat(memoryPolicy("'mode': 'MPOL_LOCAL', 'nodes': '0', 'flags': ['MPOL_F_STATIC_NODES']"))
        .containsExactly(
            "linux.memoryPolicy.nodes: MPOL_LOCAL takes none",
            "linux.memoryPolicy.flags: MPOL_LOCAL takes none");
    assertThat(
            memoryPolicy(
                "'mode': 'MPOL_INTERLEAVE', 'nodes': '0', 'flags': ['MPOL_F_NUMA_BALANCING',"
                    + " 'MPOL_F_STATIC_NODES', 'MPOL_F_RELATIVE_NODES']"))
        .containsExactly(
            "linux.memoryPolicy.flags: MPOL_F_NUMA_BALANCING is for MPOL_BIND and"
                + " MPOL_PREFERRED_MANY, and not MPOL_INTERLEAVE",
            "linux.memoryPolicy.flags: there can only be one of MPOL_F_STATIC_NODES and"
                + " MPOL_F_RELATIVE_NODES");
  }

  @Test
  void refuses_flags_of_a_personality() {
    assertThat(linux("'personality': {'domain': 'LINUX32', 'flags': ['ADDR_NO_RANDOMIZE']}"))
        .containsExactly("linux.personality.flags: the specification has none");
    assertThat(linux("'personality': {'domain': 'LINUX', 'flags': []}")).isEmpty();
  }

  @Test
  void refuses_labels_of_several_lines() {
    assertThat(process("'apparmorProfile': 'a\\nb', 'selinuxLabel': 'c\\n'"))
        .containsExactly(
            "process.apparmorProfile: contains a newline",
            "process.selinuxLabel: contains a newline");
  }

  private static List<String> scheduler(String scheduler) {
    return process("'scheduler': {%s}".formatted(scheduler));
  }

  private static List<String> memoryPolicy(String policy) {
    return linux("'memoryPolicy': {%s}".formatted(policy));
  }

  private static List<String> process(String properties) {
    return problems(", " + properties, "");
  }

  private static List<String> linux(String properties) {
    return problems("", ", " + properties);
  }

  private static List<String> problems(String process, String linux) {
    String json =
        """
        {'ociVersion': '1.3.0', 'root': {'path': 'rootfs'},
         'process': {'cwd': '/', 'args': ['true']%s},
         'linux': {'namespaces': [{'type': 'mount'}]%s}}
        """
            .formatted(process, linux)
            .replace('\'', '"');
    Spec spec = SpecReader.read(json.getBytes(UTF_8), Spec.class).orThrow(AssertionError::new);
    Findings findings = SpecChecks.check(spec);
    return findings.problems().stream().map(Problem::toString).toList();
  }
}
