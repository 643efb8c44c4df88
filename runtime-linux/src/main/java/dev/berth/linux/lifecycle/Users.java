package dev.berth.linux.lifecycle;

/** Which user namespace a process is to be in. */
enum Users {
  /** The runtime's own. */
  INHERITED,
  /** A new one. */
  MAPPED,
  /** An existing one, which is not the runtime's. */
  JOINED
}
