package dev.berth.spec;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code linux.namespaces}: a namespace of the container's own, or an existing one that
 * it joins. Of a type that is not listed, the container shares the runtime's (config-linux.md,
 * "Namespaces").
 *
 * @param type the kind of namespace
 * @param path the absolute path of the namespace to join, on the host; {@code null} for a new one
 */
public record Namespace(@Required Type type, @Nullable String path) {
  /** Takes the path as it stands. */
  public Namespace {
    Objects.requireNonNull(type, "type");
    path = Absent.ifEmpty(path);
  }

  /** A new namespace. */
  public Namespace(Type type) {
    this(type, null);
  }

  /** The kinds of namespaces(7); as text they are in lower case, as in {@code config.json}. */
  public enum Type {
    /** Process ids. */
    PID,
    /** Network devices, addresses, ports. */
    NETWORK,
    /** Mounts. */
    MOUNT,
    /** System V IPC and POSIX message queues. */
    IPC,
    /** Host name and NIS domain name. */
    UTS,
    /** User and group ids, and capabilities. */
    USER,
    /** The root of the view of the cgroup tree. */
    CGROUP,
    /** Offsets of the monotonic and the boot-time clock. */
    TIME;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
