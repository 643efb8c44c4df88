package dev.berth.linux.process;

import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The standard streams of a program to be, opened. Closed after the launch, whether it succeeded or
 * not: a pipe whose program's end stays open here never comes to its end. What a {@link
 * LinuxContainerProcess} was given by then is that one's.
 */
public abstract sealed class Stdio implements AutoCloseable permits RedirectedStdio, TerminalStdio {

  /**
   * Opens the streams, with {@code O_CLOEXEC}.
   *
   * @param input {@link Redirect#DISCARD} is an empty one
   * @throws IllegalArgumentException if a redirect is for the other direction
   * @throws IOException if one of them is refused, which it names; nothing is left open
   */
  public static Stdio open(Redirect input, Redirect output, Redirect error) throws IOException {
    return RedirectedStdio.open(List.of(input, output, error));
  }

  /**
   * A terminal, which the program makes itself; the other end of it will be this JVM's.
   *
   * @throws IOException if the null device, which the program has until then, cannot be opened
   */
  public static Stdio terminal() throws IOException {
    return TerminalStdio.open(Optional.empty());
  }

  /**
   * A terminal, which the program makes itself; the other end of it is sent to whoever listens at
   * {@code socket}.
   *
   * @param cancellation ends the wait for whoever listens
   * @throws IOException if nobody listens there, or as {@link #terminal()} does
   */
  public static Stdio terminalFor(Path socket, Cancellation cancellation) throws IOException {
    return TerminalStdio.open(
        Optional.of(EngineSocket.connect("console socket", socket, cancellation)));
  }

  /** What is to become the program's descriptors 0, 1 and 2. */
  public abstract List<Fd> programEnds();

  /**
   * Gives the pipes among them to the user {@code uid} of the host, unless this JVM may not do
   * that.
   */
  public abstract void own(long uid) throws IOException;

  /**
   * Takes the terminal that the program has made.
   *
   * @param master stays the caller's
   * @param cancellation ends the wait for whom it is handed on to
   * @throws IOException if no terminal was asked for, or it cannot be handed on
   */
  public abstract void connect(Fd master, Cancellation cancellation) throws IOException;

  /**
   * What this JVM has of them, which is no longer this object's then.
   *
   * @param exit completes with the end of the process, on a thread that must not wait
   */
  abstract Streams streams(EventLoop loop, CompletionStage<?> exit);

  /** Closes what is still this object's. */
  @Override
  public abstract void close();
}
