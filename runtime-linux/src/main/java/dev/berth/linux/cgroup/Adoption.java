package dev.berth.linux.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupBase;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.SyscallException;

/**
 * Moves this JVM, all its threads, into a cgroup inside the one of cgroup v2 that it is in, which
 * then has no process in itself and can hand controllers down.
 */
final class Adoption {

  /** In cgroup.procs, for the process that writes it. */
  private static final String MYSELF = "0";

  private final Hierarchy unified;
  private final SubtreeControl control;
  private final String own;
  private final String leaf;

  /** Of {@code own}, from the root of the hierarchy, with a leading slash; empty for the root. */
  Adoption(Hierarchy unified, String own) {
    this.unified = unified;
    this.control = new SubtreeControl(unified);
    this.own = own.isEmpty() ? Hierarchy.ROOT : own.substring(1);
    this.leaf = this.own + "/" + CgroupBase.LEAF;
  }

  /** Does it, or leaves everything as it was. */
  void run() throws CgroupException {
    try {
      if (control.isRoot(own) && unified.isWritable(own)) {
        return; // It hands controllers down as it is.
      }
      requireAlone();
      boolean made = unified.make(leaf);
      try {
        unified.write(leaf, CgroupDirectory.PROCS, MYSELF);
        control.handDownAll(own);
      } catch (SyscallException | CgroupException e) {
        undo(made, e);
        throw e;
      }
    } catch (SyscallException e) {
      if (CgroupException.isRefusal(e)) {
        throw notDelegated(e);
      }
      throw new CgroupException("%s: make \"%s\" in it".formatted(goal(), CgroupBase.LEAF), e);
    }
  }

  private void requireAlone() throws CgroupException {
    Occupants others = control.occupants(own).withoutThisJvm();
    if (!others.isEmpty()) {
      throw new UnsupportedFeatureException(
          "%s: other processes are in it: %s; start this JVM in one of its own, by systemd-run -p Delegate=yes or as a service"
              .formatted(goal(), others));
    }
  }

  private void undo(boolean made, Exception cause) {
    try {
      unified.write(own, CgroupDirectory.PROCS, MYSELF);
      if (made) {
        unified.remove(leaf);
      }
    } catch (SyscallException e) {
      cause.addSuppressed(e);
    }
  }

  private UnsupportedFeatureException notDelegated(SyscallException cause) {
    return new UnsupportedFeatureException(
        "%s: it is not delegated to uid %s; start this JVM in one that is, by systemd-run --user --scope -p Delegate=yes COMMAND"
            .formatted(goal(), Host.geteuid()),
        cause);
  }

  private String goal() {
    return "adopt cgroup \"%s\"".formatted(SubtreeControl.name(own));
  }
}
