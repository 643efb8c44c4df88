package dev.berth.core.plan;

import dev.berth.spec.IdMapping;
import java.util.List;
import java.util.OptionalLong;

/** What an id of a container is on the host. */
public final class HostId {
  private HostId() {}

  /**
   * In the user namespace of the runtime.
   *
   * @param mappings of the container's new user namespace
   * @return empty if the id is not mapped
   */
  public static OptionalLong of(long id, List<IdMapping> mappings) {
    for (IdMapping range : mappings) {
      long offset = id - range.containerID();
      if (offset >= 0 && offset < range.size()) {
        return OptionalLong.of(range.hostID() + offset);
      }
    }
    return OptionalLong.empty();
  }
}
