package dev.berth.core.plan;

/** {@code linux.devices[].type}. */
public enum DeviceKind {
  CHARACTER,
  BLOCK,
  FIFO
}
