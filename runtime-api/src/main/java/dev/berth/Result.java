package dev.berth;

import java.util.List;

/**
 * How a command ended, and what it wrote.
 *
 * @param containerId the container it ran in
 * @param command the program and its arguments
 * @param exitValue 0 to 255, or 128 plus the number of the signal that ended it
 * @param timedOut whether it was killed because its time was over
 * @param output standard output, decoded as UTF-8; empty where it was redirected
 * @param error standard error, decoded as UTF-8; empty where it was redirected
 * @param usage what it used
 */
public record Result(
    String containerId,
    List<String> command,
    int exitValue,
    boolean timedOut,
    String output,
    String error,
    Usage usage) {

  public Result {
    command = List.copyOf(command);
  }

  /**
   * This result, if the command succeeded.
   *
   * @throws ContainerException if its time was over or its exit value is not 0, with the last line
   *     that it wrote to standard error
   */
  public Result orThrow() {
    if (timedOut) {
      throw new ContainerException(
          containerId, "\"%s\" was killed: its time was over".formatted(command.getFirst()));
    }
    if (exitValue != 0) {
      throw new ContainerException(
          containerId,
          "\"%s\" exited with %d%s".formatted(command.getFirst(), exitValue, lastLine()));
    }
    return this;
  }

  private String lastLine() {
    String text = error.strip();
    return text.isEmpty() ? "" : ": " + text.substring(text.lastIndexOf('\n') + 1);
  }
}
