package dev.berth.linux.process;

import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Standard streams that lead to three places. */
final class RedirectedStdio extends Stdio {

  private final List<Redirection> streams;

  private RedirectedStdio(List<Redirection> streams) {
    this.streams = List.copyOf(streams);
  }

  static RedirectedStdio open(List<Redirect> redirects) throws IOException {
    List<Redirection> opened = new ArrayList<>();
    try {
      for (StandardStream stream : StandardStream.values()) {
        opened.add(Redirection.open(stream, redirects.get(stream.number())));
      }
      return new RedirectedStdio(opened);
    } catch (IOException | RuntimeException | Error refused) {
      opened.forEach(Redirection::close);
      throw refused;
    }
  }

  @Override
  public List<Fd> programEnds() {
    return streams.stream().map(Redirection::programEnd).toList();
  }

  @Override
  public void own(long uid) throws IOException {
    for (Redirection stream : streams) {
      stream.own(uid);
    }
  }

  @Override
  public void connect(Fd master, Cancellation cancellation) throws IOException {
    throw new IOException("a terminal that nobody asked for");
  }

  @Override
  Streams streams(EventLoop loop, CompletionStage<?> exit) {
    return Streams.of(
        loop,
        stream(StandardStream.INPUT),
        stream(StandardStream.OUTPUT),
        stream(StandardStream.ERROR),
        exit);
  }

  private Redirection stream(StandardStream stream) {
    return streams.get(stream.number());
  }

  @Override
  public void close() {
    streams.forEach(Redirection::close);
  }
}
