package dev.berth.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code mounts}; they are mounted in the order listed (config.md, "Mounts").
 *
 * @param destination where it is mounted, inside the container; a relative path is taken from
 *     {@code /}
 * @param type the file system, as in {@code /proc/filesystems}; of no meaning for a bind mount
 * @param source a device, a name, or for a bind mount a path on the host, absolute or relative to
 *     the bundle
 * @param options as in fstab: those that the specification names, all others go to the file system
 *     as they are
 * @param uidMappings user ids of an id-mapped mount; empty for none
 * @param gidMappings group ids of an id-mapped mount; empty for none
 */
public record Mount(
    @Required String destination,
    @Nullable String type,
    @Nullable String source,
    List<String> options,
    List<IdMapping> uidMappings,
    List<IdMapping> gidMappings) {
  /** Copies the lists. */
  public Mount {
    Objects.requireNonNull(destination, "destination");
    type = Absent.ifEmpty(type);
    source = Absent.ifEmpty(source);
    options = Absent.asEmpty(options);
    uidMappings = Absent.asEmpty(uidMappings);
    gidMappings = Absent.asEmpty(gidMappings);
  }

  /** A mount without id mappings. */
  public Mount(
      String destination, @Nullable String type, @Nullable String source, List<String> options) {
    this(destination, type, source, options, List.of(), List.of());
  }

  /**
   * A bind mount, with everything mounted below the source, of {@code source} at {@code
   * destination}.
   */
  public static Mount bind(String source, String destination, String... options) {
    List<String> all = new ArrayList<>(List.of("rbind"));
    all.addAll(List.of(options));
    return new Mount(destination, "bind", source, all);
  }
}
