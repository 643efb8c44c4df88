package dev.berth;

import dev.berth.spi.Printable;

/**
 * What was asked for is right, but this kernel, this user, or this version of Berth cannot do it.
 * The message says what is missing and, where there is a way, how to get it.
 */
public final class UnsupportedFeatureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message stands on its own. */
  public UnsupportedFeatureException(String message) {
    super(Printable.message(message));
  }

  /** The message stands on its own; the cause is what the kernel said. */
  public UnsupportedFeatureException(String message, Throwable cause) {
    super(Printable.message(message), cause);
  }
}
