package dev.berth.core.plan;

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

  /** A namespace for the container's first process to join. */
  record JoinedNamespace(NamespaceKind kind) implements Descriptor {}

  /** The pidfd of the container's init process. */
  record InitProcess() implements Descriptor {}
}
