package dev.berth.linux.sys;

import java.io.IOException;
import java.io.Serial;

/** An operation ended before it was done, and not because the kernel refused a step. */
public final class CancelledException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final Cancellation.Reason reason;

  CancelledException(Cancellation.Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why it ended. */
  public Cancellation.Reason reason() {
    return reason;
  }
}
