package dev.berth.linux.stub;

import dev.berth.UnsupportedFeatureException;
import dev.berth.linux.sys.Architecture;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Memfd;
import dev.berth.linux.sys.SpawnEntry;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.InputStream;

/**
 * What is not Java: the stub, and the entry through which the JVM makes processes. They are never
 * files that somebody could find, change or have forbidden to execute.
 */
final class NativeCode implements AutoCloseable {

  private final byte[] stub;
  private final SpawnEntry entry;

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
   * The stub, in a sealed memfd for one process; close it after use. A container that may trace
   * what joins it can open the file that it sees there. Seals do not keep owner, mode and
   * capabilities from being set, nor, on a kernel with a hole such as CVE-2026-31431, the content
   * from being changed. So nobody else is made of that file.
   */
  Fd stub() throws SyscallException {
    return Memfd.ofCode("berth", stub);
  }

  /** Unmaps the entry. */
  @Override
  public void close() throws SyscallException {
    entry.close();
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
