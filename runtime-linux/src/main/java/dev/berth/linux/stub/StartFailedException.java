package dev.berth.linux.stub;

import dev.berth.linux.sys.Errno;

/** A container that was started could not become its program. */
public final class StartFailedException extends StubException {

  private static final long serialVersionUID = 1;

  private final int errno;

  StartFailedException(Report.Failed report) {
    super(report.toString());
    this.errno = report.errno();
  }

  /** Why the kernel refused it. */
  public Errno errno() {
    return Errno.of(errno);
  }
}
