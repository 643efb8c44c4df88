package dev.berth;

/** The id is taken. */
public final class ContainerExistsException extends ContainerException {
  private static final long serialVersionUID = 1L;

  /** The message is {@code container "ID": a container with this id already exists}. */
  public ContainerExistsException(String containerId) {
    super(containerId, "a container with this id already exists");
  }
}
