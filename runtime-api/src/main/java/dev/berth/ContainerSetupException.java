package dev.berth;

import org.jspecify.annotations.Nullable;

/**
 * The kernel refused a step of making a container or a process in it. Nothing that was made up to
 * there is left. The cause, where there is one, is the system call that was refused.
 */
public final class ContainerSetupException extends ContainerException {
  private static final long serialVersionUID = 1L;

  /** The message is {@code container "ID": problem}. */
  public ContainerSetupException(String containerId, String problem, @Nullable Throwable cause) {
    super(containerId, problem, cause);
  }
}
