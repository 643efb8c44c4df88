package dev.berth.core.plan;

/** Where the stub stops and the runtime does something on its behalf. */
public enum SyncPoint {
  /** The runtime writes {@code uid_map}, {@code setgroups} and {@code gid_map}. */
  MAP_IDS,

  /** The runtime takes its end of the terminal, which the stub sends. */
  HAND_OVER_TERMINAL
}
