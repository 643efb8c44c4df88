package dev.berth.core.cgroup;

import dev.berth.core.systemd.SystemdUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the state file keeps of a container's cgroup, so that another JVM finds it and removes no
 * more than was made, and in the way it was made.
 *
 * @param path of the cgroup, in every hierarchy
 * @param made by {@linkplain MountedHierarchy#name() name} of the hierarchy, the topmost cgroup on
 *     that path that was made for the container; a hierarchy is missing where the cgroup was there
 *     before
 * @param unit that the cgroup belongs to; {@code null} if systemd has nothing to do with it
 */
public record CgroupState(String path, Map<String, String> made, @Nullable SystemdUnit unit) {
  /** Copies the map. */
  public CgroupState {
    made = Map.copyOf(made);
  }
}
