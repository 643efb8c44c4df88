package dev.berth.linux.cgroup;

/** Whether a container's cgroup has processes, or cgroups with processes, which alone count. */
public enum CgroupSplit {
  /** The first process is in the container's cgroup, and others too. */
  WHOLE,

  /** With cgroup v2, the first process is in a cgroup inside the container's, and so are others. */
  SPLIT
}
