package dev.berth.linux.systemd;

import dev.berth.UnsupportedFeatureException;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.KernelWait;
import dev.berth.linux.sys.SharedLibrary;
import dev.berth.linux.sys.SyscallException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * sd-bus(3), the D-Bus of libsystemd. Functions with variable arguments are not used, since they
 * have no one shape; the others return 0 or more, or a negated errno.
 */
final class LibSystemd {
  private static final String NAME = "libsystemd.so.0";

  /** Not looked for when the class is made: a host without it may get it later. */
  private static @Nullable SharedLibrary loaded;

  private LibSystemd() {}

  private static synchronized SharedLibrary library() {
    SharedLibrary known = loaded;
    if (known == null) {
      Optional<SharedLibrary> found = SharedLibrary.load(NAME);
      known =
          found.orElseThrow(() ->
              new UnsupportedFeatureException(
                  "systemd cgroups: this host has no "
                      + NAME
                      + "; install it (Debian: libsystemd0, Fedora: systemd-libs), or let cgroups be made"
                      + " without systemd, which needs no library"));
      loaded = known;
    }
    return known;
  }

  /** Calls {@code function}, and returns what it does. */
  static int call(String function, long... arguments) {
    return library().call(function, arguments);
  }

  /** The same, of a function that waits. */
  static int await(String function, long... arguments) {
    try {
      return KernelWait.of(() -> call(function, arguments));
    } catch (SyscallException impossible) {
      throw new AssertionError("a library is no system call", impossible);
    }
  }

  /**
   * The same, of a function that cannot be refused for what systemd thinks.
   *
   * @throws SystemdException if it is
   */
  static int check(String function, long... arguments) throws SystemdException {
    int result = call(function, arguments);
    if (result < 0) {
      throw new SystemdException(function + ": " + Errno.describe(-result));
    }
    return result;
  }
}
