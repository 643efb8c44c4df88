package dev.berth;

import dev.berth.spi.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Something about one container did not work. The message stands on its own: it names the
 * container, the step, and what the kernel said. It is printable, on one line, and bounded.
 */
public class ContainerException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String containerId;

  /** The message is {@code container "ID": problem}. */
  public ContainerException(String containerId, String problem) {
    this(containerId, problem, null);
  }

  /** The message is {@code container "ID": problem}. */
  public ContainerException(String containerId, String problem, @Nullable Throwable cause) {
    super(Printable.message("container \"%s\": %s".formatted(containerId, problem)), cause);
    this.containerId = containerId;
  }

  /** The container. */
  public String containerId() {
    return containerId;
  }
}
