package dev.berth.linux.lifecycle;

import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SyscallException;
import java.util.Optional;

/** The limits of this JVM and of the machine that any system call may come up against. */
final class SystemLimits {
  private SystemLimits() {}

  /** Which one {@code refused} is about, and what to do; empty if it is about none. */
  static Optional<String> hint(SyscallException refused) {
    boolean isInotify = refused.call().startsWith("inotify_");
    return switch (refused.errno()) {
      case EMFILE ->
          Optional.of(
              isInotify
                  ? "fs.inotify.max_user_instances is reached; raise it (sysctl)"
                  : openFiles());
      case ENFILE ->
          Optional.of("the machine has all open files that fs.file-max allows; raise it");
      case ENOSPC ->
          isInotify
              ? Optional.of("fs.inotify.max_user_watches is reached; raise it (sysctl)")
              : Optional.empty();
      case ENOMEM -> Optional.of("the machine, or the cgroup of this JVM, has no memory left");
      default -> Optional.empty();
    };
  }

  private static String openFiles() {
    try {
      return "this JVM has all open files that RLIMIT_NOFILE allows, %s; raise it (ulimit -n)"
          .formatted(Processes.prlimit64(0, Processes.RLIMIT_NOFILE).soft());
    } catch (SyscallException e) {
      return "this JVM has all open files that RLIMIT_NOFILE allows; raise it (ulimit -n)";
    }
  }
}
