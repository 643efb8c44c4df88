package dev.berth.linux.cgroup;

import dev.berth.linux.sys.SyscallException;
import java.time.Duration;
import java.util.Optional;

/**
 * The freezer controller of cgroup v1. A process that it has stopped does not even die.
 *
 * @param directory in the hierarchy of the controller
 */
record FreezerV1(CgroupDirectory directory) implements Freezer {

  private static final String FILE = "freezer.state";
  private static final String FROZEN = "FROZEN";
  private static final String FREEZING = "FREEZING";
  private static final String THAWED = "THAWED";

  static Optional<FreezerV1> of(CgroupDirectories directories) {
    return directories.of("freezer").map(FreezerV1::new);
  }

  @Override
  public boolean freeze(Duration within) throws SyscallException {
    try {
      if (stop(within)) {
        return true;
      }
    } catch (SyscallException e) {
      thawAfter(e);
      throw e;
    }
    set(THAWED);
    return false;
  }

  /**
   * As {@link #freeze}, but those that have stopped stay so. The kernel says FREEZING until the
   * last process has stopped, and may have missed one that was moved here meanwhile: it is told
   * again. Once it says THAWED, somebody else has let them go on, perhaps to let them die.
   */
  boolean stop(Duration within) throws SyscallException {
    Patience patience = new Patience(within);
    do {
      set(FROZEN);
    } while (state().equals(FREEZING) && patience.lasts());
    return state().equals(FROZEN);
  }

  @Override
  public boolean thaw() throws SyscallException {
    set(THAWED);
    return state().equals(THAWED);
  }

  private void thawAfter(SyscallException cause) {
    try {
      set(THAWED);
    } catch (SyscallException e) {
      cause.addSuppressed(e);
    }
  }

  private void set(String state) throws SyscallException {
    directory.hierarchy().write(directory.fromRoot(), FILE, state);
  }

  private String state() throws SyscallException {
    return directory.hierarchy().read(directory.fromRoot(), FILE).strip();
  }
}
