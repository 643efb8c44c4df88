package dev.berth.core.plan;

/** Mount propagation, mount_namespaces(7); the {@code R…} kinds include every mount below. */
public enum Propagation {
  UNCHANGED,
  PRIVATE,
  RPRIVATE,
  SLAVE,
  RSLAVE,
  SHARED,
  RSHARED,
  UNBINDABLE,
  RUNBINDABLE
}
