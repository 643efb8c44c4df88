package dev.berth.core.cgroup;

/**
 * What the memory controller has counted in a cgroup since that was made. A kill is counted before
 * the process is sent its signal, so whoever sees the end of one finds it counted.
 *
 * @param shortages how often a limit of this cgroup, or of one in it, left nothing but to kill;
 *     only cgroup v2 counts that, 0 otherwise
 * @param kills the processes that were killed for want of memory, wherever it was short
 * @param groupKills how often all of a cgroup was killed together; only v2 can do that
 */
public record MemoryEvents(long shortages, long kills, long groupKills) {

  /** Of a new cgroup. */
  public static final MemoryEvents NONE = new MemoryEvents(0, 0, 0);

  /** The content of {@code memory.events} of cgroup v2, or {@code memory.oom_control} of v1. */
  public static MemoryEvents parse(String text) {
    return new MemoryEvents(
        CgroupText.count(text, "oom"),
        CgroupText.count(text, "oom_kill"),
        CgroupText.count(text, "oom_group_kill"));
  }

  /** Of two cgroups together. */
  public MemoryEvents plus(MemoryEvents other) {
    return new MemoryEvents(
        shortages + other.shortages, kills + other.kills, groupKills + other.groupKills);
  }

  /** What has been counted after {@code earlier}. */
  public MemoryEvents since(MemoryEvents earlier) {
    return new MemoryEvents(
        shortages - earlier.shortages, kills - earlier.kills, groupKills - earlier.groupKills);
  }
}
