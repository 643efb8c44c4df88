package dev.berth.core.cgroup;

import dev.berth.spec.LinuxResources.Memory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * {@code memory.checkBeforeUpdate}: a limit that is less than what is in use is refused, where the
 * kernel would kill processes to get there.
 */
final class MemoryInUse {

  private MemoryInUse() {}

  /**
   * Holds the limits of {@code memory} against what is in use.
   *
   * @param used bytes of memory
   * @param usedWithSwap bytes of memory and swap together
   * @throws IOException if one is less
   */
  static void require(Memory memory, long used, long usedWithSwap) throws IOException {
    require("limit", memory.limit(), used);
    require("swap", memory.swap(), usedWithSwap);
  }

  private static void require(String property, @Nullable Long limit, long used) throws IOException {
    if (limit != null && limit > 0 && limit < used) {
      throw new IOException(
          "linux.resources.memory.%s: %s is less than the %s bytes in use, and checkBeforeUpdate is set"
              .formatted(property, limit, used));
    }
  }
}
