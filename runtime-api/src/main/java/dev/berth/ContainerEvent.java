package dev.berth;

/**
 * Something that happened to a container. Every one carries all that is so by then, so that who
 * learns of several at once, or too late for some, knows as much in the end.
 */
public sealed interface ContainerEvent {

  /**
   * The kernel has killed for want of memory, in the container's cgroup or one in it. Comes before
   * the {@link Exited} of a process that was killed so.
   *
   * @param kills all of the container's, from its beginning
   * @param more how many of them no event before has told of
   */
  record OutOfMemory(String containerId, MemoryKills kills, long more) implements ContainerEvent {}

  /**
   * A process could not be made because there were as many as there may be. Cgroup v2 only.
   *
   * @param refusals how often, from the container's beginning
   */
  record PidsLimitReached(String containerId, long refusals) implements ContainerEvent {}

  /** All processes have stopped until they are resumed, whoever paused them. Cgroup v2 only. */
  record Paused(String containerId) implements ContainerEvent {}

  /** They go on. */
  record Resumed(String containerId) implements ContainerEvent {}

  /**
   * The first process has ended.
   *
   * @param ending why; {@link Ending.Unknown} if it was another program's child, which has noted
   *     nothing
   */
  record Exited(String containerId, Ending ending) implements ContainerEvent {}

  /**
   * The last process has left the cgroup; without a PID namespace of its own, that may be later
   * than the end of the first. Where a hierarchy of cgroup v2 is mounted.
   */
  record Emptied(String containerId) implements ContainerEvent {}

  /** The container has been deleted. Nothing comes after this. */
  record Deleted(String containerId) implements ContainerEvent {}

  /**
   * A subscriber that was slow has not got all events. Those that follow are complete again.
   *
   * @param count how many, of whichever containers it subscribed to
   */
  record Missed(long count) implements ContainerEvent {}
}
