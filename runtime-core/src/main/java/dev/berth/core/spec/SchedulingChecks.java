package dev.berth.core.spec;

import dev.berth.spec.IoPriority;
import dev.berth.spec.MemoryPolicy;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Scheduler;
import dev.berth.spec.Scheduler.Policy;
import dev.berth.spec.Spec;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what a process gets of the machine before others: {@code process.scheduler}, {@code
 * ioPriority}, {@code execCPUAffinity} and {@code linux.memoryPolicy}. Which values go together is
 * what sched_setattr(2) and set_mempolicy(2) say.
 */
final class SchedulingChecks {
  private static final Set<Policy> NICE = EnumSet.of(Policy.SCHED_OTHER, Policy.SCHED_BATCH);
  private static final Set<Policy> REAL_TIME = EnumSet.of(Policy.SCHED_FIFO, Policy.SCHED_RR);
  private static final int MAX_PRIORITY = 99;

  private static final Set<MemoryPolicy.Mode> WITHOUT_NODES =
      EnumSet.of(MemoryPolicy.Mode.MPOL_DEFAULT, MemoryPolicy.Mode.MPOL_LOCAL);

  private static final Set<MemoryPolicy.Mode> BALANCED =
      EnumSet.of(MemoryPolicy.Mode.MPOL_BIND, MemoryPolicy.Mode.MPOL_PREFERRED_MANY);

  private SchedulingChecks() {}

  static void checkProcess(ProcessSpec process, Report report) {
    IoPriority io = process.ioPriority();
    if (io != null) {
      report.requireWithin("process.ioPriority.priority", io.priority(), 0, 7);
    }
    if (process.scheduler() != null) {
      scheduler(process.scheduler(), report);
    }
    ProcessSpec.ExecCpuAffinity affinity = process.execCPUAffinity();
    if (affinity != null) {
      list("process.execCPUAffinity.initial", affinity.initial(), report);
      list("process.execCPUAffinity.final", affinity.last(), report);
    }
  }

  private static void scheduler(Scheduler scheduler, Report report) {
    Policy policy = scheduler.policy();
    int nice = zeroIfAbsent(scheduler.nice());
    report.requireWithin("process.scheduler.nice", nice, -20, 19);
    if (nice != 0 && !NICE.contains(policy)) {
      report.warning("process.scheduler.nice", "%s has no nice value; ignored".formatted(policy));
    }
    int priority = zeroIfAbsent(scheduler.priority());
    if (REAL_TIME.contains(policy)) {
      report.requireWithin("process.scheduler.priority", priority, 1, MAX_PRIORITY);
    } else if (priority != 0) {
      report.problem(
          "process.scheduler.priority", "only for SCHED_FIFO and SCHED_RR, and not " + policy);
    }
    deadline(scheduler, report);
  }

  private static void deadline(Scheduler scheduler, Report report) {
    long runtime = zeroIfAbsent(scheduler.runtime());
    long deadline = zeroIfAbsent(scheduler.deadline());
    long period = zeroIfAbsent(scheduler.period());
    if (scheduler.policy() != Policy.SCHED_DEADLINE) {
      onlyForDeadline("runtime", runtime, scheduler, report);
      onlyForDeadline("deadline", deadline, scheduler, report);
      onlyForDeadline("period", period, scheduler, report);
      return;
    }
    if (runtime == 0) {
      report.problem("process.scheduler.runtime", "missing, and SCHED_DEADLINE needs it");
    }
    if (deadline == 0) {
      report.problem("process.scheduler.deadline", "missing, and SCHED_DEADLINE needs it");
    } else if (Long.compareUnsigned(runtime, deadline) > 0) {
      report.problem("process.scheduler.runtime", "greater than the deadline");
    }
    if (period != 0 && Long.compareUnsigned(deadline, period) > 0) {
      report.problem("process.scheduler.deadline", "greater than the period");
    }
  }

  private static void onlyForDeadline(
      String property, long value, Scheduler scheduler, Report report) {
    if (value != 0) {
      report.problem(
          "process.scheduler." + property,
          "only for SCHED_DEADLINE, and not " + scheduler.policy());
    }
  }

  static void checkMemoryPolicy(Spec spec, Report report) {
    MemoryPolicy policy = spec.linux().memoryPolicy();
    if (policy == null) {
      return;
    }
    list("linux.memoryPolicy.nodes", policy.nodes(), report);
    nodes(policy, report);
    flags(policy, report);
  }

  private static void nodes(MemoryPolicy policy, Report report) {
    MemoryPolicy.Mode mode = policy.mode();
    if (WITHOUT_NODES.contains(mode) && policy.nodes() != null) {
      report.problem("linux.memoryPolicy.nodes", "%s takes none".formatted(mode));
    }
    // MPOL_PREFERRED without a node is MPOL_LOCAL.
    if (!WITHOUT_NODES.contains(mode)
        && mode != MemoryPolicy.Mode.MPOL_PREFERRED
        && policy.nodes() == null) {
      report.problem("linux.memoryPolicy.nodes", "missing, and %s needs them".formatted(mode));
    }
  }

  private static void flags(MemoryPolicy policy, Report report) {
    MemoryPolicy.Mode mode = policy.mode();
    Set<MemoryPolicy.Flag> flags = EnumSet.noneOf(MemoryPolicy.Flag.class);
    flags.addAll(policy.flags());
    if (WITHOUT_NODES.contains(mode) && !flags.isEmpty()) {
      report.problem("linux.memoryPolicy.flags", "%s takes none".formatted(mode));
    } else if (flags.contains(MemoryPolicy.Flag.MPOL_F_NUMA_BALANCING)
        && !BALANCED.contains(mode)) {
      report.problem(
          "linux.memoryPolicy.flags",
          "MPOL_F_NUMA_BALANCING is for MPOL_BIND and MPOL_PREFERRED_MANY, and not " + mode);
    }
    if (flags.contains(MemoryPolicy.Flag.MPOL_F_STATIC_NODES)
        && flags.contains(MemoryPolicy.Flag.MPOL_F_RELATIVE_NODES)) {
      report.problem(
          "linux.memoryPolicy.flags",
          "there can only be one of MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES");
    }
  }

  private static void list(String path, @Nullable String text, Report report) {
    if (text != null && NumberList.of(text).isEmpty()) {
      report.problem(path, "\"%s\" is not a list such as 0-3,7".formatted(text));
    }
  }

  private static int zeroIfAbsent(@Nullable Integer value) {
    return value == null ? 0 : value;
  }

  private static long zeroIfAbsent(@Nullable Long value) {
    return value == null ? 0 : value;
  }
}
