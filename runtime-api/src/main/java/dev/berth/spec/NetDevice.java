package dev.berth.spec;

import org.jspecify.annotations.Nullable;

/**
 * A value of {@code linux.netDevices}, whose key is a network device of the host that moves into
 * the container's network namespace (config-linux.md, "Network Devices").
 *
 * @param name what it is called there; {@code null} if it keeps its name
 */
public record NetDevice(@Nullable String name) {
  /** Takes the name as it stands. */
  public NetDevice {
    name = Absent.ifEmpty(name);
  }
}
