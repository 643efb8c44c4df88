package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupText;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.KernelWait;
import dev.berth.linux.sys.SyscallException;
import java.time.Duration;
import java.util.Optional;

/**
 * The freezer that each cgroup of version 2 has.
 *
 * @param directory in that hierarchy
 */
record FreezerV2(CgroupDirectory directory) implements Freezer {

  private static final String FILE = "cgroup.freeze";
  private static final String EVENTS = "cgroup.events";

  /** Nothing that is thawed has to wait for anything, but for a processor. */
  private static final Duration THAWED_WITHIN = Duration.ofSeconds(2);

  static Optional<FreezerV2> of(CgroupDirectories directories) {
    return directories.unified().map(FreezerV2::new);
  }

  @Override
  public boolean freeze(Duration within) throws SyscallException {
    try {
      set("1");
      if (await(true, within)) {
        return true;
      }
    } catch (SyscallException e) {
      thawAfter(e);
      throw e;
    }
    set("0");
    return false;
  }

  @Override
  public boolean thaw() throws SyscallException {
    set("0");
    return await(false, THAWED_WITHIN);
  }

  private void thawAfter(SyscallException cause) {
    try {
      set("0");
    } catch (SyscallException e) {
      cause.addSuppressed(e);
    }
  }

  private void set(String value) throws SyscallException {
    directory.hierarchy().write(directory.fromRoot(), FILE, value);
  }

  /** Whether the events say so in time. A change after a read makes poll(2) return at once. */
  private boolean await(boolean frozen, Duration within) throws SyscallException {
    Hierarchy hierarchy = directory.hierarchy();
    long end = System.nanoTime() + within.toNanos();
    while (true) {
      try (Fd events = hierarchy.open(directory.fromRoot() + "/" + EVENTS, Directories.O_RDONLY)) {
        if (CgroupText.holds(Hierarchy.read(events), "frozen") == frozen) {
          return true;
        }
        Duration left = Duration.ofNanos(end - System.nanoTime());
        if (left.isNegative()) {
          return false;
        }
        KernelWait.of(() -> Descriptors.poll(events, Descriptors.POLLPRI, left));
      }
    }
  }
}
