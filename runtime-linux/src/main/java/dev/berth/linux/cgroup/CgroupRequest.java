package dev.berth.linux.cgroup;

import dev.berth.spec.LinuxResources;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A cgroup to be.
 *
 * @param id of the container
 * @param cgroupsPath from the configuration
 * @param resources its limits
 * @param owner who is to manage what is inside, by his uid; empty for the runtime alone
 * @param annotations of the configuration
 */
public record CgroupRequest(
    String id,
    @Nullable String cgroupsPath,
    LinuxResources resources,
    OptionalLong owner,
    Map<String, String> annotations) {

  /** Copies the map. */
  public CgroupRequest {
    annotations = Map.copyOf(annotations);
  }
}
