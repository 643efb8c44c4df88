package dev.berth.core.systemd;

/**
 * The unit of systemd that a container's cgroup belongs to: systemd makes the cgroup with it, and
 * removes it so.
 *
 * @param name of the unit, with its type: {@code berth-web.scope}
 * @param manager whose unit it is
 */
public record SystemdUnit(String name, Manager manager) {

  /** Which systemd; {@code systemctl --system} and {@code systemctl --user}. */
  public enum Manager {
    SYSTEM,
    /** Of the user that the runtime runs as. */
    USER
  }

  private static final String SLICE = ".slice";

  /** Whether it is a slice, which is for units to be in, and does without a process of its own. */
  public boolean isSlice() {
    return name.endsWith(SLICE);
  }
}
