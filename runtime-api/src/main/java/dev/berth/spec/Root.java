package dev.berth.spec;

import java.util.Objects;

/**
 * {@code root}: the root file system (config.md, "Root").
 *
 * @param path the directory on the host, absolute or relative to the bundle
 * @param readonly whether the program sees it read-only; {@code false} unless given
 */
public record Root(@Required String path, boolean readonly) {
  /** Takes the path as it stands; whether it exists is found out when the container is made. */
  public Root {
    Objects.requireNonNull(path, "path");
  }
}
