package dev.berth.spec;

import java.util.Objects;

/**
 * An entry of {@code process.rlimits}: a limit of getrlimit(2) (config.md, "POSIX process").
 *
 * @param type which one
 * @param hard the ceiling of {@code soft}; {@link #INFINITY} for none
 * @param soft what the kernel enforces; {@link #INFINITY} for none
 */
public record Rlimit(
    @Required Type type, @Required @Unsigned(64) long hard, @Required @Unsigned(64) long soft) {
  /** No limit, {@code RLIM_INFINITY}: 18446744073709551615. */
  public static final long INFINITY = -1;

  /** Takes the values as they are. */
  public Rlimit {
    Objects.requireNonNull(type, "type");
  }

  /** The limits that Linux has, named as in getrlimit(2). */
  public enum Type {
    /** Address space, in bytes. */
    RLIMIT_AS,
    /** Size of a core file, in bytes. */
    RLIMIT_CORE,
    /** Processor time, in seconds. */
    RLIMIT_CPU,
    /** Data segment, in bytes. */
    RLIMIT_DATA,
    /** Size of a file, in bytes. */
    RLIMIT_FSIZE,
    /** Number of file locks; not enforced since Linux 2.4. */
    RLIMIT_LOCKS,
    /** Locked memory, in bytes. */
    RLIMIT_MEMLOCK,
    /** POSIX message queues of the user, in bytes. */
    RLIMIT_MSGQUEUE,
    /** Ceiling of the nice value, as 20 minus it. */
    RLIMIT_NICE,
    /** One more than the highest file descriptor. */
    RLIMIT_NOFILE,
    /** Number of processes and threads of the user. */
    RLIMIT_NPROC,
    /** Resident set, in bytes; not enforced since Linux 2.4. */
    RLIMIT_RSS,
    /** Ceiling of the real-time priority. */
    RLIMIT_RTPRIO,
    /** Processor time under real-time scheduling without a blocking call, in microseconds. */
    RLIMIT_RTTIME,
    /** Number of queued signals of the user. */
    RLIMIT_SIGPENDING,
    /** Stack, in bytes. */
    RLIMIT_STACK
  }
}
