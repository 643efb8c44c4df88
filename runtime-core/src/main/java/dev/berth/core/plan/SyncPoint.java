package dev.berth.core.plan;

/** Where the stub stops and the runtime does something on its behalf. */
public enum SyncPoint {
  /** The runtime writes {@code uid_map}, {@code setgroups} and {@code gid_map}. */
  MAP_IDS,
  /** The runtime runs the hooks {@code prestart} and {@code createRuntime}. */
  RUN_RUNTIME_HOOKS
}
