package dev.berth.linux.cgroup;

import dev.berth.MemoryKills.Limit;
import dev.berth.core.cgroup.CgroupText;
import dev.berth.core.cgroup.MemoryEvents;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.SyscallException;
import java.util.OptionalLong;

/**
 * Counters of cgroup v2. A kill counts where the process was and in all cgroups above; a shortage
 * where the limit is, and above.
 */
final class MemoryCountersV2 extends MemoryCounters {

  MemoryCountersV2(Hierarchy hierarchy, String cgroup) {
    super(hierarchy, cgroup);
  }

  @Override
  Notice openNotice() throws SyscallException {
    return new Notice.OfFile(hierarchy().open(cgroup() + "/memory.events", Directories.O_PATH));
  }

  @Override
  MemoryEvents events(String cgroup) throws SyscallException {
    return MemoryEvents.parse(hierarchy().read(cgroup, "memory.events"));
  }

  @Override
  Limit limit(MemoryEvents events) throws SyscallException {
    if (events.shortages() == 0) {
      return Limit.OUTSIDE;
    }
    if (CgroupText.count(text("memory.events.local"), "oom") == 0) {
      return Limit.INSIDE;
    }
    return swapWasFull() ? Limit.MEMORY_AND_SWAP : Limit.MEMORY;
  }

  @Override
  Limit likely(MemoryEvents events) {
    return events.shortages() > 0 ? Limit.MEMORY : Limit.OUTSIDE;
  }

  /** Whether there was a limit of swap, and swap that was not to be had. */
  private boolean swapWasFull() throws SyscallException {
    try {
      return number("memory.swap.max").orElse(0) > 0
          && CgroupText.count(text("memory.swap.events"), "fail") > 0;
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) { // the kernel has no swap
        return false;
      }
      throw e;
    }
  }

  @Override
  OptionalLong bytes(Limit limit) throws SyscallException {
    return switch (limit) {
      case MEMORY -> number("memory.max");
      case MEMORY_AND_SWAP -> sum(number("memory.max"), number("memory.swap.max"));
      case INSIDE, OUTSIDE -> OptionalLong.empty();
    };
  }

  private static OptionalLong sum(OptionalLong memory, OptionalLong swap) {
    return memory.isPresent() && swap.isPresent()
        ? OptionalLong.of(memory.getAsLong() + swap.getAsLong())
        : OptionalLong.empty();
  }
}
