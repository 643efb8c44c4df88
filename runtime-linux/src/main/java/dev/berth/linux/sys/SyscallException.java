package dev.berth.linux.sys;

import java.io.IOException;

/** The kernel refused a call; the message is the call with what names its object, and the errno. */
public final class SyscallException extends IOException {

  private static final long serialVersionUID = 1;

  private final String call;
  private final int number;

  /**
   * @param call the name of the call and its arguments
   * @param number of the error, positive
   */
  public SyscallException(String call, int number) {
    super(call + ": " + Errno.describe(number));
    this.call = call;
    this.number = number;
  }

  /** The call and its arguments. */
  public String call() {
    return call;
  }

  /** Why it was refused. */
  public Errno errno() {
    return Errno.of(number);
  }
}
