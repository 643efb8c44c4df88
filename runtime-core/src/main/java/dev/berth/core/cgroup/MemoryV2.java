package dev.berth.core.cgroup;

import dev.berth.spec.LinuxResources.Memory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code memory} as files of cgroup v2, which counts swap alone. */
final class MemoryV2 {

  private static final String SWAP = "memory.swap.max";

  private final Memory memory;
  private final CgroupWrites writes;

  private MemoryV2(Memory memory, CgroupWrites writes) {
    this.memory = memory;
    this.writes = writes;
  }

  static void add(Memory memory, CgroupWrites writes) throws IOException {
    new MemoryV2(memory, writes).add();
  }

  private void add() throws IOException {
    if (Boolean.TRUE.equals(memory.checkBeforeUpdate())) {
      long used = writes.number("memory", "memory.current");
      MemoryInUse.require(memory, used, used + writes.number("memory", "memory.swap.current"));
    }
    // Swap first: where there is more of it than before, less memory need not mean a kill.
    swap(swapAlone());
    writes.signedOrMax("memory", "memory.max", memory.limit());
    writes.signedOrMax("memory", "memory.low", memory.reservation());
  }

  /** No swap, and as much as there is, are as asked where the kernel has none. */
  private void swap(@Nullable Long swap) throws IOException {
    if (swap != null && (swap > 0 || writes.has("memory", SWAP))) {
      writes.add("memory", SWAP, CgroupWrites.orMax(swap));
    }
  }

  /** The specification has memory and swap together, as cgroup v1. 0 is a limit here. */
  private @Nullable Long swapAlone() throws IOException {
    long both = CgroupWrites.orZero(memory.swap());
    long limit = CgroupWrites.orZero(memory.limit());
    if (both == 0) {
      return limit < 0 ? limit : null; // without a limit of both, there is none of swap
    }
    return both < 0 ? both : difference(both, limit == 0 ? current() : limit);
  }

  /** The limit that stays as it is: -1 if there is none, 0 if that is not to be seen yet. */
  private long current() throws IOException {
    String max = writes.text("memory", "memory.max");
    return switch (max) {
      case "" -> writes.has("memory", "memory.max") ? 0 : -1;
      case "max" -> -1;
      default -> Long.parseLong(max);
    };
  }

  private static long difference(long both, long limit) {
    if (limit < 0) {
      throw new IllegalArgumentException(
          "linux.resources.memory.swap: %s without a memory.limit to subtract".formatted(both));
    }
    if (both < limit) {
      throw new IllegalArgumentException(
          "linux.resources.memory.swap: %s is smaller than memory.limit %s".formatted(both, limit));
    }
    return both - limit;
  }
}
