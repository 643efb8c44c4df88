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
  private static final String SWAP_PEAK = "memory.memsw.max_usage_in_bytes";

  MemoryCountersV1(Hierarchy hierarchy, String cgroup) {
    super(hierarchy, cgroup);
  }

  /** The kernel keeps the eventfd for as long as somebody has it open. */
  @Override
  Notice openNotice() throws SyscallException {
    Fd eventfd = Descriptors.eventfd2(0, Descriptors.EFD_NONBLOCK);
    try (Fd control = hierarchy().open(cgroup() + "/" + CONTROL, Directories.O_RDONLY)) {
      String registration = "%s %s".formatted(eventfd.number(), control.number());
      hierarchy().write(cgroup(), "cgroup.event_control", registration);
      return new Notice.OfShortage(eventfd);
    } catch (SyscallException e) {
      eventfd.close();
      throw e;
    }
  }

  @Override
  MemoryEvents events(String cgroup) throws SyscallException {
    EventsInside all = new EventsInside(MemoryEvents.parse(hierarchy().read(cgroup, CONTROL)));
    CgroupWalk.inside(hierarchy(), cgroup, all);
    return all.sum;
  }

  private static final class EventsInside implements CgroupWalk.Visitor {
    private MemoryEvents sum;

    private EventsInside(MemoryEvents sum) {
      this.sum = sum;
    }

    @Override
    public void enter(Fd cgroup) throws SyscallException {
      sum = sum.plus(MemoryEvents.parse(Hierarchy.read(cgroup, CONTROL)));
    }
  }

  /** A limit with swap that is no larger than the one without leaves no swap; it is tried first. */
  @Override
  Limit limit(MemoryEvents events) throws SyscallException {
    boolean withSwap;
    try (Fd own = hierarchy().open(cgroup(), Directories.O_PATH | Directories.O_DIRECTORY)) {
      withSwap = isFull(own);
    }
    if (withSwap && !text(SWAP_LIMIT).equals(text(LIMIT))) {
      return Limit.MEMORY_AND_SWAP;
    }
    if (withSwap || Long.parseLong(text(FAILURES).strip()) > 0) {
      return Limit.MEMORY;
    }
    FailuresInside failures = new FailuresInside();
    CgroupWalk.inside(hierarchy(), cgroup(), failures);
    return failures.found ? Limit.INSIDE : Limit.OUTSIDE;
  }

  /** Nothing that was counted beside the kills is left. */
  @Override
  Limit likely(MemoryEvents events) {
    return Limit.MEMORY;
  }

  private static final class FailuresInside implements CgroupWalk.Visitor {
    private boolean found;

    @Override
    public void enter(Fd cgroup) throws SyscallException {
      found = found || number(cgroup, FAILURES).orElse(0) > 0 || isFull(cgroup);
    }
  }

  /**
   * Whether memory and swap together were ever as much as they may be. Linux 6.18 does not count
   * how often, in memory.memsw.failcnt.
   */
  private static boolean isFull(Fd cgroup) throws SyscallException {
    OptionalLong most = number(cgroup, SWAP_PEAK);
    return most.isPresent()
        && most.getAsLong() >= number(cgroup, SWAP_LIMIT).orElse(Long.MAX_VALUE);
  }

  /** Empty without such a file: those with swap are not there if the kernel does not count it. */
  private static OptionalLong number(Fd cgroup, String file) throws SyscallException {
    try {
      return OptionalLong.of(Long.parseLong(Hierarchy.read(cgroup, file).strip()));
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return OptionalLong.empty();
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
