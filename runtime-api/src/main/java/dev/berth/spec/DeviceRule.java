package dev.berth.spec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code linux.resources.devices}: what the container may do with devices; the last
 * entry that matches decides (config-linux.md, "Allowed Device list").
 *
 * @param allow whether it is allowed or denied
 * @param type which kind of device; {@code null} for all
 * @param major which major number; {@code null} or -1 for all
 * @param minor which minor number; {@code null} or -1 for all
 * @param access letters out of {@code r} (read), {@code w} (write) and {@code m} (mknod); {@code
 *     null} for none
 */
public record DeviceRule(
    @Required boolean allow,
    @Nullable Type type,
    @Nullable Long major,
    @Nullable Long minor,
    @Nullable String access) {
  /** Takes the values as they are. */
  public DeviceRule {
    access = Absent.ifEmpty(access);
  }

  /** Which devices are meant; as text in lower case, as in {@code config.json}. */
  public enum Type {
    /** All. */
    A,
    /** Character devices. */
    C,
    /** Block devices. */
    B;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
