package dev.berth.core.plan;

/** Whether a mount may be at or below a proc file system, once its target is resolved. */
public enum Procfs {
  /** What is at the target must not be of one: a label or a sysctl would not reach the kernel. */
  REFUSED,
  /** The target is known to be one of those that may be. */
  ALLOWED,
  /** The target may be, and the mount itself must be a whole one, whatever it was bound from. */
  REQUIRED
}
