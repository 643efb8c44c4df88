package dev.berth;

/** The wrong moment: {@link #status()} is where the container was. */
public final class ContainerStateException extends ContainerException {
  private static final long serialVersionUID = 1L;
  private final Status status;

  /** The message is {@code container "ID": problem}. */
  public ContainerStateException(String containerId, Status status, String problem) {
    super(containerId, problem);
    this.status = status;
  }

  /** Where in its life the container was. */
  public Status status() {
    return status;
  }
}
