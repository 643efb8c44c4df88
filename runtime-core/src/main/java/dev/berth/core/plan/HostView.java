package dev.berth.core.plan;

import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.spec.Capability;
import dev.berth.spec.Seccomp;
import org.jspecify.annotations.Nullable;

/**
 * What a plan depends on besides the configuration: the facts of the host, and of this container on
 * it.
 *
 * @param architecture of the machine
 * @param cgroups how the host has its cgroups
 * @param cgroup the container's own, in every hierarchy; {@code null} if it stays in the runtime's
 * @param capabilities what the container's processes can be given at most, as {@link
 *     Capability#bits}: all in a user namespace of their own, else what the runtime is permitted
 * @param groups whether processes may choose their groups
 * @param nodes how device nodes come about without a user namespace of the container's own
 * @param limits who sets resource limits and {@code oom_score_adj}
 * @param openFilesHardLimit the runtime's hard {@code RLIMIT_NOFILE}; -1 for none
 * @param mounts its mounts and file systems
 */
public record HostView(
    Seccomp.Architecture architecture,
    CgroupLayout cgroups,
    @Nullable CgroupPath cgroup,
    long capabilities,
    Groups groups,
    Nodes nodes,
    Limits limits,
    long openFilesHardLimit,
    HostMounts mounts) {

  /** The same for a container that has this cgroup. */
  public HostView withCgroup(CgroupPath cgroup) {
    return new HostView(
        architecture,
        cgroups,
        cgroup,
        capabilities,
        groups,
        nodes,
        limits,
        openFilesHardLimit,
        mounts);
  }

  /** Whether {@code setgroups(2)} works; user_namespaces(7). */
  public enum Groups {
    CHOSEN,
    /** As in a user namespace whose {@code gid_map} an unprivileged user has written. */
    INHERITED,
    /** It is up to the user namespace that is joined, and known only inside. */
    IF_PERMITTED
  }

  /** Who sets limits that take privilege on the host; setrlimit(2). */
  public enum Limits {
    BY_PROCESS,
    /** From outside: in a user namespace the process lacks the host's capabilities. */
    BY_RUNTIME
  }

  /** What is done for a device node; mknod(2). */
  public enum Nodes {
    MADE,
    /**
     * In any user namespace but the first, nobody can make one, and in that one only who has
     * CAP_MKNOD: the host's is bound.
     */
    BOUND
  }
}
