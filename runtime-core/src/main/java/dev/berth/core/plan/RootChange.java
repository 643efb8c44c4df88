package dev.berth.core.plan;

/** How a container comes to its root file system. */
public enum RootChange {
  /** By pivot_root(2), and the old root is gone. */
  PIVOT,
  /**
   * By moving the new root over the old one, which stays below, where a process with {@code
   * CAP_SYS_ADMIN} can uncover it: for where the old root is the initial ramfs, which pivot_root(2)
   * cannot leave.
   */
  MOVE
}
