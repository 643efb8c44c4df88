package dev.berth.linux.cgroup;

import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.util.Set;

/** Something about a cgroup did not work; the message says what was to be done, and why not. */
public final class CgroupException extends IOException {

  private static final long serialVersionUID = 1;
  private static final Set<Errno> NOT_ALLOWED = Set.of(Errno.EACCES, Errno.EPERM, Errno.EROFS);

  CgroupException(String message) {
    super(message);
  }

  /** The message is {@code goal: message of the cause}. */
  CgroupException(String goal, IOException cause) {
    super(goal + ": " + cause.getMessage(), cause);
  }

  /** The message is {@code goal: ERRNO (text)}. */
  CgroupException(String goal, SyscallException cause) {
    super(message(goal, cause), cause);
  }

  /** The message is {@code goal: ERRNO (text); hint}. */
  CgroupException(String goal, SyscallException cause, String hint) {
    super(message(goal, cause) + "; " + hint, cause);
  }

  private static String message(String goal, SyscallException cause) {
    return "%s: %s (%s)".formatted(goal, cause.errno(), cause.errno().text());
  }

  /** Whether another user could do it, or this one elsewhere. */
  boolean isRefusal() {
    return getCause() instanceof SyscallException cause && isRefusal(cause);
  }

  static boolean isRefusal(SyscallException e) {
    return NOT_ALLOWED.contains(e.errno());
  }
}
