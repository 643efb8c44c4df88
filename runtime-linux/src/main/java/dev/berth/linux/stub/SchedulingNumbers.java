package dev.berth.linux.stub;

import dev.berth.linux.sys.Scheduling;
import dev.berth.spec.IoPriority;
import dev.berth.spec.MemoryPolicy;
import dev.berth.spec.Personality;
import dev.berth.spec.Scheduler;

/** The kernel's numbers for the words of {@code config.json}. */
final class SchedulingNumbers {
  /** Reserved by the kernel, and without a name in its headers. */
  private static final int SCHED_ISO = 4;

  /** Of Linux 6.9, which headers may be older than. */
  private static final int MPOL_WEIGHTED_INTERLEAVE = 6;

  private SchedulingNumbers() {}

  static int of(Scheduler.Policy policy) {
    return switch (policy) {
      case SCHED_OTHER -> Scheduling.SCHED_OTHER;
      case SCHED_FIFO -> Scheduling.SCHED_FIFO;
      case SCHED_RR -> Scheduling.SCHED_RR;
      case SCHED_BATCH -> Scheduling.SCHED_BATCH;
      case SCHED_ISO -> SCHED_ISO;
      case SCHED_IDLE -> Scheduling.SCHED_IDLE;
      case SCHED_DEADLINE -> Scheduling.SCHED_DEADLINE;
    };
  }

  static int of(Scheduler.Flag flag) {
    return switch (flag) {
      case SCHED_FLAG_RESET_ON_FORK -> Scheduling.SCHED_FLAG_RESET_ON_FORK;
      case SCHED_FLAG_RECLAIM -> Scheduling.SCHED_FLAG_RECLAIM;
      case SCHED_FLAG_DL_OVERRUN -> Scheduling.SCHED_FLAG_DL_OVERRUN;
      case SCHED_FLAG_KEEP_POLICY -> Scheduling.SCHED_FLAG_KEEP_POLICY;
      case SCHED_FLAG_KEEP_PARAMS -> Scheduling.SCHED_FLAG_KEEP_PARAMS;
      case SCHED_FLAG_UTIL_CLAMP_MIN -> Scheduling.SCHED_FLAG_UTIL_CLAMP_MIN;
      case SCHED_FLAG_UTIL_CLAMP_MAX -> Scheduling.SCHED_FLAG_UTIL_CLAMP_MAX;
    };
  }

  static int of(IoPriority.IoClass ioClass) {
    return switch (ioClass) {
      case IOPRIO_CLASS_RT -> Scheduling.IOPRIO_CLASS_RT;
      case IOPRIO_CLASS_BE -> Scheduling.IOPRIO_CLASS_BE;
      case IOPRIO_CLASS_IDLE -> Scheduling.IOPRIO_CLASS_IDLE;
    };
  }

  static int of(Personality.Domain domain) {
    return switch (domain) {
      case LINUX -> Scheduling.PER_LINUX;
      case LINUX32 -> Scheduling.PER_LINUX32;
    };
  }

  static int of(MemoryPolicy.Mode mode) {
    return switch (mode) {
      case MPOL_DEFAULT -> Scheduling.MPOL_DEFAULT;
      case MPOL_BIND -> Scheduling.MPOL_BIND;
      case MPOL_INTERLEAVE -> Scheduling.MPOL_INTERLEAVE;
      case MPOL_WEIGHTED_INTERLEAVE -> MPOL_WEIGHTED_INTERLEAVE;
      case MPOL_PREFERRED -> Scheduling.MPOL_PREFERRED;
      case MPOL_PREFERRED_MANY -> Scheduling.MPOL_PREFERRED_MANY;
      case MPOL_LOCAL -> Scheduling.MPOL_LOCAL;
    };
  }

  static int of(MemoryPolicy.Flag flag) {
    return switch (flag) {
      case MPOL_F_NUMA_BALANCING -> Scheduling.MPOL_F_NUMA_BALANCING;
      case MPOL_F_RELATIVE_NODES -> Scheduling.MPOL_F_RELATIVE_NODES;
      case MPOL_F_STATIC_NODES -> Scheduling.MPOL_F_STATIC_NODES;
    };
  }
}
