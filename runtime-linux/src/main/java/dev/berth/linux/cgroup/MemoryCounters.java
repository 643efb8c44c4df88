package dev.berth.linux.cgroup;

import dev.berth.MemoryKills;
import dev.berth.MemoryKills.Limit;
import dev.berth.core.cgroup.MemoryEvents;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.util.Optional;
import java.util.OptionalLong;

/** What the memory controller counts in a cgroup, and in those in it. */
public abstract sealed class MemoryCounters permits MemoryCountersV1, MemoryCountersV2 {

  /** What a limit of v1 is where there is none: the largest multiple of a page. */
  private static final long UNLIMITED = Long.MAX_VALUE / 4096 * 4096;

  private final Hierarchy hierarchy;
  private final String cgroup;

  MemoryCounters(Hierarchy hierarchy, String cgroup) {
    this.hierarchy = hierarchy;
    this.cgroup = cgroup;
  }

  static MemoryCounters of(Hierarchy hierarchy, String cgroup) {
    return hierarchy.mount().isUnified()
        ? new MemoryCountersV2(hierarchy, cgroup)
        : new MemoryCountersV1(hierarchy, cgroup);
  }

  /** What has been counted; empty if the cgroup is gone, or the controller is not at work in it. */
  public Optional<MemoryEvents> read() throws CgroupException {
    try {
      return Optional.of(events(cgroup));
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return Optional.empty();
      }
      throw new CgroupException("cgroup \"%s\": read its memory events".formatted(cgroup), e);
    }
  }

  /** What was killed, and for want of what; {@code events} are those of now. */
  public MemoryKills kills(MemoryEvents events) throws CgroupException {
    try {
      Limit limit = limit(events);
      return new MemoryKills(events.kills(), events.groupKills(), limit, bytes(limit));
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        // Just removed: how many is known.
        return new MemoryKills(
            events.kills(), events.groupKills(), likely(events), OptionalLong.empty());
      }
      throw new CgroupException("cgroup \"%s\": read its memory limit".formatted(cgroup), e);
    }
  }

  /** How the kernel tells that more was counted. */
  public sealed interface Notice {

    /** By a change of this file, {@code O_PATH}. */
    record OfFile(Fd file) implements Notice {}

    /** By this eventfd(2), which becomes ready shortly <em>before</em> a kill is counted. */
    record OfShortage(Fd eventfd) implements Notice {}
  }

  /**
   * Asks the kernel to tell. What it is told by is the caller's to close, and with that it ends.
   *
   * @return empty if the cgroup is gone, or the controller is not at work in it
   */
  public Optional<Notice> notice() throws CgroupException {
    try {
      return Optional.of(openNotice());
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return Optional.empty();
      }
      throw new CgroupException("cgroup \"%s\": watch its memory".formatted(cgroup), e);
    }
  }

  abstract Notice openNotice() throws SyscallException;

  abstract MemoryEvents events(String cgroup) throws SyscallException;

  abstract Limit limit(MemoryEvents events) throws SyscallException;

  /** The same of a cgroup that is gone. */
  abstract Limit likely(MemoryEvents events);

  abstract OptionalLong bytes(Limit limit) throws SyscallException;

  final Hierarchy hierarchy() {
    return hierarchy;
  }

  final String cgroup() {
    return cgroup;
  }

  final String text(String file) throws SyscallException {
    return hierarchy.read(cgroup, file);
  }

  /** A limit; empty if there is none. */
  final OptionalLong number(String file) throws SyscallException {
    String text = text(file).strip();
    if (text.equals("max")) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(text);
    return number >= UNLIMITED ? OptionalLong.empty() : OptionalLong.of(number);
  }
}
