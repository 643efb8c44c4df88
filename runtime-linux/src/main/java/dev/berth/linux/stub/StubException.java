package dev.berth.linux.stub;

import java.io.IOException;

/** A process did not get as far as its program; nothing is left of it. */
public sealed class StubException extends IOException
    permits StartFailedException, StepFailedException {

  private static final long serialVersionUID = 1;

  StubException(String message) {
    super(message);
  }
}
