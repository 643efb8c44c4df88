package dev.berth.spec;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code linux.devices}: a device node that the container gets besides the default ones
 * (config-linux.md, "Devices").
 *
 * @param path where it is, inside the container
 * @param type its kind
 * @param major major number; {@code null} only for a FIFO
 * @param minor minor number; {@code null} only for a FIFO
 * @param fileMode permission bits; {@code null} leaves them to the runtime
 * @param uid owner, in ids of the container; 0 if {@code null}
 * @param gid group, in ids of the container; 0 if {@code null}
 */
public record Device(
    @Required String path,
    @Required Type type,
    @Nullable Long major,
    @Nullable Long minor,
    @Unsigned(32) @Nullable Long fileMode,
    @Unsigned(32) @Nullable Long uid,
    @Unsigned(32) @Nullable Long gid) {
  /** Takes the values as they are. */
  public Device {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(type, "type");
  }

  /** The kinds of mknod(1); as text they are in lower case, as in {@code config.json}. */
  public enum Type {
    /** A character device. */
    C,
    /** A block device. */
    B,
    /** An unbuffered character device: the same as {@link #C} on Linux. */
    U,
    /** A FIFO. */
    P;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
