package dev.berth.linux.process;

import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/**
 * The standard streams of a program to be, opened. Closed after the launch, whether it succeeded or
 * not: a pipe whose program's end stays open here never comes to its end. What a {@link
 * LinuxContainerProcess} was given by then is that one's.
 */
public final class Stdio implements AutoCloseable {

  private final List<Redirection> streams;

  private Stdio(List<Redirection> streams) {
    this.streams = List.copyOf(streams);
  }

  /**
   * Opens the streams, with {@code O_CLOEXEC}.
   *
   * @param input {@link Redirect#DISCARD} is an empty one
   * @throws IllegalArgumentException if a redirect is for the other direction
   * @throws IOException if one of them is refused, which it names; nothing is left open
   */
  public static Stdio open(Redirect input, Redirect output, Redirect error) throws IOException {
    List<Redirect> redirects = List.of(input, output, error);
    List<Redirection> opened = new ArrayList<>();
    try {
      for (StandardStream stream : StandardStream.values()) {
        opened.add(Redirection.open(stream, redirects.get(stream.number())));
      }
      return new Stdio(opened);
    } catch (IOException | RuntimeException refused) {
      opened.forEach(Redirection::close);
      throw refused;
    }
  }

  /** What is to become the program's descriptors 0, 1 and 2. */
  public List<Fd> programEnds() {
    return streams.stream().map(Redirection::programEnd).toList();
  }

  Redirection stream(StandardStream stream) {
    return streams.get(stream.number());
  }

  /** Closes what is still this object's. */
  @Override
  public void close() {
    streams.forEach(Redirection::close);
  }
}
