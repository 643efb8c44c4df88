package dev.berth.core.plan;

import dev.berth.spec.IdMapping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file descriptor that the runtime hands to the stub; its place in the list is its slot. */
public sealed interface Descriptor {

  /** The listening socket in the container's state directory. */
  record StartSocket() implements Descriptor {}

  /**
   * The lock that says "not started yet": held for as long as anybody has this descriptor, and so
   * given up by the kernel at the program's exec, or at the process's death.
   */
  record CreatedLock() implements Descriptor {}

  /** {@code cgroup.procs} of the container's cgroup in one hierarchy, open for writing. */
  record CgroupProcs(String hierarchy) implements Descriptor {}

  /** The container's cgroup in cgroup v2: the directory, for {@code CLONE_INTO_CGROUP}. */
  record CgroupDirectory(String hierarchy) implements Descriptor {}

  /**
   * A tree of the host, detached, from which the container receives what the host mounts there
   * later, and to which it gives nothing.
   *
   * @param mount its index in the configuration: each has a tree of its own
   * @param idMap of the owners of files; {@code null} if they are as they are
   */
  record Tree(int mount, String hostPath, boolean recursive, @Nullable IdMap idMap)
      implements Descriptor {}

  /**
   * Which owner a file seems to have, in the format of user_namespaces(7).
   *
   * @param recursive whether what is mounted below is mapped as well
   */
  record IdMap(List<IdMapping> uids, List<IdMapping> gids, boolean recursive) {

    /** Copies the lists. */
    public IdMap {
      uids = List.copyOf(uids);
      gids = List.copyOf(gids);
    }
  }

  /** The root directory of the container's init process. */
  record InitRoot() implements Descriptor {}

  /** A namespace for the container's first process to join. */
  record JoinedNamespace(NamespaceKind kind) implements Descriptor {}

  /** The pidfd of the container's init process. */
  record InitProcess() implements Descriptor {}
}
