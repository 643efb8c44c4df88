package dev.berth;

import java.util.List;
import java.util.Optional;

/**
 * How a command ended, and what it wrote.
 *
 * @param containerId the container it ran in
 * @param command the program and its arguments
 * @param exitValue 0 to 255, or 128 plus the number of the signal that ended it
 * @param ending why it ended
 * @param memoryKills what the kernel killed in the container for want of memory while it ran: it
 *     may have been one of its children, and the exit value what the program made of that; empty if
 *     nothing was
 * @param output standard output, decoded as UTF-8; empty where it was redirected
 * @param error standard error, decoded as UTF-8; empty where it was redirected
 * @param usage what it used
 */
public record Result(
    String containerId,
    List<String> command,
    int exitValue,
    Ending ending,
    Optional<MemoryKills> memoryKills,
    String output,
    String error,
    Usage usage) {

  public Result {
    command = List.copyOf(command);
  }

  /** Whether its time was over. */
  public boolean timedOut() {
    return ending instanceof Ending.TimedOut;
  }

  /**
   * This result, if the command succeeded.
   *
   * @throws ContainerException if its time was over or its exit value is not 0, with the last line
   *     that it wrote to standard error, and what the kernel killed for want of memory
   */
  public Result orThrow() {
    String program = "\"%s\"".formatted(command.getFirst());
    String end =
        switch (ending) {
          case Ending.TimedOut _ -> " was killed: its time was over";
          case Ending.OutOfMemory(MemoryKills kills) ->
              " was killed: %s; %s".formatted(kills, kills.remedy());
          case Ending.Killed(Signal signal) -> " was killed by this program: " + signal + besides();
          case Ending.Signalled(Signal signal, boolean coreDumped) ->
              " was killed by %s%s%s"
                  .formatted(signal, coreDumped ? ", core dumped" : "", lastLine() + besides());
          case Ending.Exited(int status) when status == 0 -> "";
          case Ending.Exited(int status) -> " exited with " + status + lastLine() + besides();
          case Ending.Unknown _ -> " exited with " + exitValue + lastLine();
        };
    if (!end.isEmpty()) {
      throw new ContainerException(containerId, program + end);
    }
    return this;
  }

  /** What the kernel did to others of the container's processes. */
  private String besides() {
    return memoryKills
        .map(kills ->
            "; the kernel killed in its container: %s; %s".formatted(kills, kills.remedy()))
        .orElse("");
  }

  private String lastLine() {
    String text = error.strip();
    return text.isEmpty() ? "" : ": " + text.substring(text.lastIndexOf('\n') + 1);
  }
}
