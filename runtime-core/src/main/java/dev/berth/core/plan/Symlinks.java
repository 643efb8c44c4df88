package dev.berth.core.plan;

/** How a path inside the container's root may be resolved; openat2(2). */
public enum Symlinks {
  /** {@code RESOLVE_IN_ROOT}: followed, but never out of the root. */
  FOLLOW_IN_ROOT,
  /**
   * {@code RESOLVE_NO_SYMLINKS} as well: {@code /proc} and {@code /sys} are ordinary directories.
   */
  REFUSE
}
