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
 * What is not Java: the stub, in a sealed memfd, and the entry through which the JVM makes
 * processes. It is never a file that somebody could find, change or have forbidden to execute.
 *
 * @param stub stays open for as long as the JVM
 */
record NativeCode(Fd stub, SpawnEntry entry) {

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
      return new NativeCode(Memfd.ofCode("berth", stub), SpawnEntry.map(entry));
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
