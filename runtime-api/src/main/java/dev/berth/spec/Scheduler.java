package dev.berth.spec;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code process.scheduler}: the arguments of sched_setattr(2) (config.md, "Linux Process").
 *
 * @param policy the scheduling policy
 * @param nice -20 to 19, for {@code SCHED_OTHER} and {@code SCHED_BATCH}; 0 if absent
 * @param priority the static priority, for {@code SCHED_FIFO} and {@code SCHED_RR}; 0 if absent
 * @param flags further properties; empty for none
 * @param runtime nanoseconds a period, for {@code SCHED_DEADLINE}
 * @param deadline nanoseconds from the start of a period, for {@code SCHED_DEADLINE}
 * @param period length in nanoseconds, for {@code SCHED_DEADLINE}
 */
public record Scheduler(
    @Required Policy policy,
    @Nullable Integer nice,
    @Nullable Integer priority,
    List<Flag> flags,
    @Unsigned(64) @Nullable Long runtime,
    @Unsigned(64) @Nullable Long deadline,
    @Unsigned(64) @Nullable Long period) {
  /** Copies the list. */
  public Scheduler {
    Objects.requireNonNull(policy, "policy");
    flags = Absent.asEmpty(flags);
  }

  /** The policies of sched(7). */
  public enum Policy {
    /** Time sharing, the default. */
    SCHED_OTHER,
    /** Real time, first in, first out. */
    SCHED_FIFO,
    /** Real time, round robin. */
    SCHED_RR,
    /** Time sharing, for work without interaction. */
    SCHED_BATCH,
    /** Reserved by Linux, not implemented by it. */
    SCHED_ISO,
    /** Only when nothing else wants to run. */
    SCHED_IDLE,
    /** By deadlines. */
    SCHED_DEADLINE
  }

  /** The flags of sched_setattr(2). */
  public enum Flag {
    /** A child starts with the default policy. */
    SCHED_FLAG_RESET_ON_FORK,
    /** May use processor time that other deadline tasks left. */
    SCHED_FLAG_RECLAIM,
    /** SIGXCPU when the runtime is overrun. */
    SCHED_FLAG_DL_OVERRUN,
    /** The policy stays as it is. */
    SCHED_FLAG_KEEP_POLICY,
    /** The parameters stay as they are. */
    SCHED_FLAG_KEEP_PARAMS,
    /** The lower utilisation clamp is given. */
    SCHED_FLAG_UTIL_CLAMP_MIN,
    /** The upper utilisation clamp is given. */
    SCHED_FLAG_UTIL_CLAMP_MAX
  }
}
