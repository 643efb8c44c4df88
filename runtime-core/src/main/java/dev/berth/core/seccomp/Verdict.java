package dev.berth.core.seccomp;

import dev.berth.spec.Seccomp;
import org.jspecify.annotations.Nullable;

/** What a filter returns: {@code SECCOMP_RET_*} and 16 bits of data, {@code <linux/seccomp.h>}. */
final class Verdict {
  static final int KILL_PROCESS = 0x8000_0000;
  static final int KILL_THREAD = 0;
  static final int TRAP = 0x0003_0000;
  static final int ERRNO = 0x0005_0000;
  static final int USER_NOTIF = 0x7fc0_0000;
  static final int TRACE = 0x7ff0_0000;
  static final int LOG = 0x7ffc_0000;
  static final int ALLOW = 0x7fff_0000;

  private static final int DATA = 0xffff;

  /** As every machine has it that Berth runs on. */
  private static final int ENOSYS = 38;

  private static final long EPERM = 1;

  /** What programs take as "this kernel is older than the call". */
  static final int NOT_IMPLEMENTED = ERRNO | ENOSYS;

  private Verdict() {}

  /**
   * The verdict of an action.
   *
   * @param errno for ERRNO, and the data for a tracer; EPERM if {@code null}
   */
  static int of(Seccomp.Action action, @Nullable Long errno) {
    int data = (int) (errno == null ? EPERM : errno) & DATA;
    return switch (action) {
      case SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD -> KILL_THREAD;
      case SCMP_ACT_KILL_PROCESS -> KILL_PROCESS;
      case SCMP_ACT_TRAP -> TRAP;
      case SCMP_ACT_ERRNO -> ERRNO | data;
      case SCMP_ACT_TRACE -> TRACE | data;
      case SCMP_ACT_ALLOW -> ALLOW;
      case SCMP_ACT_LOG -> LOG;
      case SCMP_ACT_NOTIFY -> USER_NOTIF;
    };
  }
}
