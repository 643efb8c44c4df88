package dev.berth.spec;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A container's configuration: what {@code config.json} holds, without the sections for other
 * platforms (config.md).
 *
 * @param ociVersion the version of the specification that it was written for, a SemVer such as
 *     {@code 1.3.0}
 * @param process the program to run; every container needs one, {@code null} is refused when the
 *     container is created
 * @param root the root file system, which Linux requires
 * @param hostname the host name inside; {@code null} leaves what the namespace has
 * @param domainname the NIS domain name inside; {@code null} leaves what the namespace has
 * @param mounts file systems besides the root, mounted in this order
 * @param hooks programs to run at points of the container's life
 * @param annotations what others noted, by name; the names should be reversed domain names
 * @param linux the section for Linux
 */
public record Spec(
    @Required String ociVersion,
    @Nullable ProcessSpec process,
    @Nullable Root root,
    @Nullable String hostname,
    @Nullable String domainname,
    List<Mount> mounts,
    Hooks hooks,
    Map<String, String> annotations,
    LinuxSpec linux) {
  /** Copies the list and the map. */
  public Spec {
    Objects.requireNonNull(ociVersion, "ociVersion");
    hostname = Absent.ifEmpty(hostname);
    domainname = Absent.ifEmpty(domainname);
    mounts = Absent.asEmpty(mounts);
    hooks = Objects.requireNonNullElse(hooks, Hooks.NONE);
    annotations = Absent.asEmpty(annotations);
    linux = Objects.requireNonNullElse(linux, LinuxSpec.NONE);
  }

  /** This configuration with another process. */
  public Spec withProcess(@Nullable ProcessSpec process) {
    return new Spec(
        ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
  }

  /** This configuration with another root file system. */
  public Spec withRoot(@Nullable Root root) {
    return new Spec(
        ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
  }

  /** This configuration with another host name. */
  public Spec withHostname(@Nullable String hostname) {
    return new Spec(
        ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
  }

  /** This configuration with these mounts, in this order, and no others. */
  public Spec withMounts(List<Mount> mounts) {
    return new Spec(
        ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
  }

  /** This configuration with these hooks and no others. */
  public Spec withHooks(Hooks hooks) {
    return new Spec(
        ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
  }

  /** This configuration with these annotations and no others. */
  public Spec withAnnotations(Map<String, String> annotations) {
    return new Spec(
        ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
  }

  /** This configuration with another section for Linux. */
  public Spec withLinux(LinuxSpec linux) {
    return new Spec(
        ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
  }
}
