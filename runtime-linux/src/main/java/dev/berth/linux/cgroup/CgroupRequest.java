package dev.berth.linux.cgroup;

import dev.berth.spec.LinuxResources;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cgroup to be.
 *
 * @param id of the container
 * @param cgroupsPath from the configuration
 * @param resources its limits
 * @param annotations of the configuration
 */
public record CgroupRequest(
    String id,
    @Nullable String cgroupsPath,
    LinuxResources resources,
    Map<String, String> annotations) {

  /** Copies the map. */
  public CgroupRequest {
    annotations = Map.copyOf(annotations);
  }
}
