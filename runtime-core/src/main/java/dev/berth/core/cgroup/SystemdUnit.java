package dev.berth.core.cgroup;

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
}
