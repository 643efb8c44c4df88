package dev.berth.linux.stub;

import dev.berth.linux.sys.Errno;
import java.util.OptionalInt;

/** A container that was started could not become its program. */
public final class StartFailedException extends StubException {

  private static final long serialVersionUID = 1;

  private final int errno;
  private final transient OptionalInt hook;

  StartFailedException(Report.Failed report) {
    super(report.toString());
    this.errno = report.errno();
    this.hook = report.hook();
  }

  /** Which of the hooks {@code startContainer} failed, if that was the reason. */
  public OptionalInt hook() {
    return hook;
  }

  /** Why the kernel refused it. */
  public Errno errno() {
    return Errno.of(errno);
  }
}
