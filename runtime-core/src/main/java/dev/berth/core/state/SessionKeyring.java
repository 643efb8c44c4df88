package dev.berth.core.state;

import org.jspecify.annotations.Nullable;

/** The session keyring of a container's processes; session-keyring(7). */
public enum SessionKeyring {
  /** One that the container has for itself. */
  OWN,
  /** That of the runtime, or of whoever started that. */
  INHERITED;

  /** What the keyring of the container {@code id} is called, as engines expect it. */
  public @Nullable String name(ContainerId id) {
    return this == OWN ? "_ses." + id.value() : null;
  }
}
