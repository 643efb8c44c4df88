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
 * @param output standard output up to {@link ContainerBuilder#outputLimit}, decoded as UTF-8:
 *     U+FFFD stands for what is not UTF-8; empty where it was redirected
 * @param error standard error, likewise
 * @param outputDropped the number of bytes that the command wrote to standard output after {@code
 *     output}; 0 if {@code output} is all of it
 * @param errorDropped the same for standard error
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
    long outputDropped,
    long errorDropped,
    Usage usage) {

  /** Of the last line of standard error in a message, in characters. */
  private static final int LINE_MAX = 1000;

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

  /** Where the end of standard error was dropped, its last line is not known. */
  private String lastLine() {
    if (errorDropped > 0) {
      return "; %s bytes of its standard error were dropped: raise outputLimit"
          .formatted(errorDropped);
    }
    String text = error.strip();
    String line = text.substring(text.lastIndexOf('\n') + 1);
    if (line.codePointCount(0, line.length()) > LINE_MAX) {
      return ": " + line.substring(0, line.offsetByCodePoints(0, LINE_MAX)) + "…";
    }
    return line.isEmpty() ? "" : ": " + line;
  }
}
