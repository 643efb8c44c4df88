package dev.berth.core.plan;

/** What becomes of a container's process when the runtime's own process ends. */
public enum Lifetime {
  /** It is killed. */
  ATTACHED,
  /** It lives on. */
  DETACHED
}
