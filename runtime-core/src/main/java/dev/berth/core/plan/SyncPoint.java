package dev.berth.core.plan;

/** Where the stub stops and the runtime does something on its behalf. */
public enum SyncPoint {
  /** The runtime puts the process into its cgroup, which has its limits by then. */
  ENTER_CGROUP,
  /** The runtime writes {@code uid_map}, {@code setgroups} and {@code gid_map}. */
  MAP_IDS,
  /** The runtime holds the maps of a user namespace that was joined against the configured ones. */
  COMPARE_IDS,
  /**
   * The runtime sets the resource limits and {@code oom_score_adj}: to raise the ones and lower the
   * other takes CAP_SYS_RESOURCE in the first user namespace.
   */
  SET_LIMITS,
  /** The runtime puts the process into its group of the resctrl file system. */
  JOIN_RESCTRL,
  /** The runtime moves network devices, and sends what is left to do about them. */
  MOVE_NETWORK_DEVICES,
  /** The runtime runs the hooks {@code prestart} and {@code createRuntime}. */
  RUN_RUNTIME_HOOKS,
  /**
   * The runtime answers, which says that it is still there: a process that asked for a signal at
   * the runtime's end after that end would never get it.
   */
  CONFIRM_PARENT,
  /** The runtime takes its end of the terminal, which the stub sends. */
  HAND_OVER_TERMINAL,
  /** The runtime hands the listener of the seccomp filter, which it gets itself, to the agent. */
  HAND_OVER_LISTENER
}
