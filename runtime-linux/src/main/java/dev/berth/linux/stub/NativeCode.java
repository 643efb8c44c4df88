package dev.berth.linux.stub;

import dev.berth.UnsupportedFeatureException;
import dev.berth.linux.sys.Architecture;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Memfd;
import dev.berth.linux.sys.SpawnEntry;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is not Java: the stub, and the entry through which the JVM makes processes. They are never
 * files that somebody could find, change or have forbidden to execute.
 */
final class NativeCode implements AutoCloseable {

  private final byte[] stub;
  private final SpawnEntry entry;
  private @Nullable Sealed sealed;

  private NativeCode(byte[] stub, SpawnEntry entry) {
    this.stub = stub;
    this.entry = entry;
  }

  /**
   * Takes both out of the jar.
   *
   * @throws UnsupportedFeatureException if there is none for this machine, or the machine does not
   *     allow it
   */
  static NativeCode load() throws IOException {
    byte[] stub = resource("stub", Architecture.current());
    byte[] entry = resource("spawn", Architecture.current());
    try {
      return new NativeCode(stub, SpawnEntry.map(entry));
    } catch (SyscallException refused) {
      if (refused.errno() == Errno.EACCES) {
        throw new UnsupportedFeatureException(
            refused.getMessage()
                + "; vm.memfd_noexec is 2, and the stub needs memory that it can be executed from;"
                + " set it to 0 or 1",
            refused);
      }
      throw refused;
    }
  }

  /** How processes are made. */
  SpawnEntry entry() {
    return entry;
  }

  /**
   * The stub, in a sealed memfd; close it after use. Seals do not keep an owner, a mode with the
   * set-user-ID bit, or file capabilities from being set, and a container that may trace what joins
   * it could set them on the stub of all later containers: one that was touched is not used again.
   */
  synchronized Fd stub() throws SyscallException {
    Sealed now = sealed;
    if (now != null && !now.isUntouched()) {
      now.memfd.close();
      now = null;
    }
    if (now == null) {
      now = Sealed.of(stub);
      sealed = now;
    }
    return Descriptors.duplicate(now.memfd);
  }

  /** Gives up what is open and mapped. */
  @Override
  public synchronized void close() throws SyscallException {
    Sealed now = sealed;
    sealed = null;
    if (now != null) {
      now.memfd.close();
    }
    entry.close();
  }

  /** A memfd with the stub, and when it was made. */
  private record Sealed(Fd memfd, Instant made) {

    static Sealed of(byte[] stub) throws SyscallException {
      Fd memfd = Memfd.ofCode("berth", stub);
      try {
        return new Sealed(memfd, Directories.statx(memfd).changed());
      } catch (SyscallException refused) {
        memfd.close();
        throw refused;
      }
    }

    boolean isUntouched() throws SyscallException {
      return Directories.statx(memfd).changed().equals(made);
    }
  }

  static byte[] resource(String name, Architecture architecture) throws IOException {
    String path = "/META-INF/native/linux/%s/%s".formatted(architecture.osArch(), name);
    try (InputStream stream = NativeCode.class.getResourceAsStream(path)) {
      if (stream == null) {
        throw new UnsupportedFeatureException(
            "this build of Berth has no stub for the architecture \"%s\""
                .formatted(architecture.osArch()));
      }
      return stream.readAllBytes();
    }
  }
}
