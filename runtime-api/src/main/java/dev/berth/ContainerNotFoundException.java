package dev.berth;

/** There is no container with this id, or no longer. */
public final class ContainerNotFoundException extends ContainerException {
  private static final long serialVersionUID = 1L;

  /** The message is {@code container "ID": does not exist}. */
  public ContainerNotFoundException(String containerId) {
    super(containerId, "does not exist");
  }
}
