package dev.berth.linux.cgroup;

import dev.berth.MemoryKills.Limit;
import dev.berth.core.cgroup.MemoryEvents;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.util.OptionalLong;

/**
 * Counters of cgroup v1. Each cgroup counts its own processes alone; and how often a limit was
 * reached, whether or not there was something else to do than to kill.
 */
final class MemoryCountersV1 extends MemoryCounters {

  private static final String CONTROL = "memory.oom_control";
  private static final String LIMIT = "memory.limit_in_bytes";
  private static final String FAILURES = "memory.failcnt";
  private static final String SWAP_LIMIT = "memory.memsw.limit_in_bytes";
  private static final String SWAP_FAILURES = "memory.memsw.failcnt";

  MemoryCountersV1(Hierarchy hierarchy, String cgroup) {
    super(hierarchy, cgroup);
  }

  /** The kernel keeps the eventfd for as long as somebody has it open. */
  @Override
  Notice openNotice() throws SyscallException {
    Fd eventfd = Descriptors.eventfd2(0, Descriptors.EFD_NONBLOCK);
    try (Fd control = hierarchy().open(cgroup() + "/" + CONTROL, Directories.O_RDONLY)) {
      String registration = "%d %d".formatted(eventfd.number(), control.number());
      hierarchy().write(cgroup(), "cgroup.event_control", registration);
      return new Notice.OfShortage(eventfd);
    } catch (SyscallException e) {
      eventfd.close();
      throw e;
    }
  }

  @Override
  MemoryEvents events(String cgroup) throws SyscallException {
    MemoryEvents sum = MemoryEvents.parse(hierarchy().read(cgroup, CONTROL));
    for (String child : hierarchy().children(cgroup)) {
      sum = sum.plus(eventsIfThere(child));
    }
    return sum;
  }

  private MemoryEvents eventsIfThere(String cgroup) throws SyscallException {
    try {
      return events(cgroup);
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return MemoryEvents.NONE;
      }
      throw e;
    }
  }

  /** A limit with swap that is no larger than the one without leaves no swap; it is tried first. */
  @Override
  Limit limit(MemoryEvents events) throws SyscallException {
    if (fails(cgroup(), SWAP_FAILURES) && !text(SWAP_LIMIT).equals(text(LIMIT))) {
      return Limit.MEMORY_AND_SWAP;
    }
    if (fails(cgroup(), FAILURES) || fails(cgroup(), SWAP_FAILURES)) {
      return Limit.MEMORY;
    }
    return failsInside(cgroup()) ? Limit.INSIDE : Limit.OUTSIDE;
  }

  private boolean failsInside(String cgroup) throws SyscallException {
    for (String child : hierarchy().children(cgroup)) {
      if (fails(child, FAILURES) || fails(child, SWAP_FAILURES) || failsInside(child)) {
        return true;
      }
    }
    return false;
  }

  /** Limits with swap have no files where the kernel does not account for swap. */
  private boolean fails(String cgroup, String file) throws SyscallException {
    try {
      return Long.parseLong(hierarchy().read(cgroup, file).strip()) > 0;
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  OptionalLong bytes(Limit limit) throws SyscallException {
    return switch (limit) {
      case MEMORY -> number(LIMIT);
      case MEMORY_AND_SWAP -> number(SWAP_LIMIT);
      case INSIDE, OUTSIDE -> OptionalLong.empty();
    };
  }
}
