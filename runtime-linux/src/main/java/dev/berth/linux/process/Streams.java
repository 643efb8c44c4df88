package dev.berth.linux.process;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A process's standard streams as this JVM has them. They are as {@link ProcessBuilder}'s: buffered
 * where they are pipes or a terminal; where not, empty, and refusing to be written to.
 *
 * @param terminal which they are, if this JVM has the other end of it
 */
record Streams(
    OutputStream input, InputStream output, InputStream error, Optional<Terminal> terminal) {

  /** None of them a pipe. Not a constant: whoever closes a stream closes it for nobody else. */
  static Streams none() {
    return new Streams(
        new RefusingOutputStream(),
        InputStream.nullInputStream(),
        InputStream.nullInputStream(),
        Optional.empty());
  }

  /**
   * Takes over the ends of pipes.
   *
   * @param exit completes with the end of the process, on a thread that must not wait
   */
  static Streams of(
      EventLoop loop,
      Redirection input,
      Redirection output,
      Redirection error,
      CompletionStage<?> exit) {
    return new Streams(
        input
            .takePipeEnd()
            .<OutputStream>map(fd -> new BufferedOutputStream(PipeOutputStream.of(loop, fd, exit)))
            .orElseGet(RefusingOutputStream::new),
        reader(loop, output, exit),
        reader(loop, error, exit),
        Optional.empty());
  }

  private static InputStream reader(
      EventLoop loop, Redirection redirection, CompletionStage<?> exit) {
    return redirection
        .takePipeEnd()
        .<InputStream>map(fd -> new BufferedInputStream(PipeInputStream.of(loop, fd, exit)))
        .orElseGet(InputStream::nullInputStream);
  }

  private static final class RefusingOutputStream extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      throw new IOException("Stream closed");
    }
  }
}
