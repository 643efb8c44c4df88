package dev.berth.core.plan;

import dev.berth.core.spec.Capability;
import java.util.List;

/**
 * What a plan depends on besides the configuration: the facts of the host, and of this container on
 * it.
 *
 * @param cgroups the hierarchies of the host, none if there is no cgroup file system
 * @param capabilities what the container's processes can be given at most, as {@link
 *     Capability#bits}: all in a user namespace of their own, else what the runtime is permitted
 * @param groups whether processes may choose their groups
 * @param nodes how device nodes come about without a user namespace of the container's own
 * @param openFilesHardLimit the runtime's hard {@code RLIMIT_NOFILE}; -1 for none
 */
public record HostView(
    List<CgroupHierarchy> cgroups,
    long capabilities,
    Groups groups,
    Nodes nodes,
    long openFilesHardLimit) {

  public HostView {
    cgroups = List.copyOf(cgroups);
  }

  /** Whether {@code setgroups(2)} works; user_namespaces(7). */
  public enum Groups {
    CHOSEN,
    /** As in a user namespace whose {@code gid_map} an unprivileged user has written. */
    INHERITED
  }

  /** What is done for a device node; mknod(2). */
  public enum Nodes {
    MADE,
    /** In any user namespace but the first, nobody can make one: the host's is bound. */
    BOUND
  }

  /**
   * Whether cgroup version 2 is all there is: the host's {@code /sys/fs/cgroup} is of that type.
   */
  boolean isUnified() {
    return cgroups.stream().allMatch(each -> each.version() == CgroupHierarchy.Version.V2);
  }
}
