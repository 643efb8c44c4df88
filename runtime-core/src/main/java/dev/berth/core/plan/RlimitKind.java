package dev.berth.core.plan;

import dev.berth.spec.Rlimit;

/**
 * The resources of setrlimit(2), in the order of their numbers on every Linux architecture here.
 */
public enum RlimitKind {
  RLIMIT_CPU,
  RLIMIT_FSIZE,
  RLIMIT_DATA,
  RLIMIT_STACK,
  RLIMIT_CORE,
  RLIMIT_RSS,
  RLIMIT_NPROC,
  RLIMIT_NOFILE,
  RLIMIT_MEMLOCK,
  RLIMIT_AS,
  RLIMIT_LOCKS,
  RLIMIT_SIGPENDING,
  RLIMIT_MSGQUEUE,
  RLIMIT_NICE,
  RLIMIT_RTPRIO,
  RLIMIT_RTTIME;

  /** The same resource, in the vocabulary of the plan. */
  public static RlimitKind of(Rlimit.Type type) {
    return valueOf(type.name());
  }

  /** What setrlimit(2) takes for it. */
  @SuppressWarnings("EnumOrdinal") // they are in the kernel's order
  public int number() {
    return ordinal();
  }
}
