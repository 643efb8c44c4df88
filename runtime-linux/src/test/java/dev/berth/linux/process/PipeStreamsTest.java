package dev.berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PipeStreamsTest {

  private final CompletableFuture<Void> exit = new CompletableFuture<>();
  private EventLoop loop;
  private OpenFiles before;

  @BeforeEach
  void remember_what_is_open() throws Exception {
    loop = EventLoop.shared();
    before = OpenFiles.now();
  }

  @AfterEach
  void nothing_more_is_open() throws Exception {
    before.awaitNoMore();
  }

  private Descriptors.Pipe pipe() throws IOException {
    return Descriptors.pipe2(Directories.O_NONBLOCK);
  }

  private void write(Descriptors.Pipe pipe, String text) throws IOException {
    Descriptors.writeFully(pipe.writer(), text.getBytes());
  }

  @Test
  void reads_what_comes_until_the_other_end_is_closed() throws Exception {
    Descriptors.Pipe pipe = pipe();
    try (InputStream stream = PipeInputStream.of(loop, pipe.reader(), exit)) {
      Future<byte[]> text = onThread(stream::readAllBytes);
      write(pipe, "one ");
      Thread.sleep(20);
      write(pipe, "two");
      pipe.writer().close();
      assertThat(text.get()).asString().isEqualTo("one two");
      assertThat(stream.read()).isEqualTo(-1);
    }
  }

  @Test
  void available_is_what_is_in_the_pipe() throws Exception {
    try (Descriptors.Pipe pipe = pipe()) {
      InputStream stream = PipeInputStream.of(loop, pipe.reader(), exit);
      assertThat(stream.available()).isZero();
      write(pipe, "abc");
      assertThat(stream.available()).isEqualTo(3);
      exit.complete(null);
      pipe.writer().close();
      before.awaitNoMore();
      assertThat(stream.available()).isEqualTo(3);
      assertThat(stream.readAllBytes()).asString().isEqualTo("abc");
      stream.close();
      assertThatThrownBy(stream::available)
          .isInstanceOf(IOException.class)
          .hasMessage("Stream closed");
    }
  }

  @Test
  void a_grandchild_that_keeps_the_pipe_does_not_keep_the_reader() throws Exception {
    LinuxContainerProcess process = Spawn.shell("sleep 100 & echo $!");
    long start = System.nanoTime();
    String[] lines = new String(process.getInputStream().readAllBytes()).split("\n");
    assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
    ProcessHandle.of(Long.parseLong(lines[0])).orElseThrow().destroyForcibly();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void a_grandchild_that_never_stops_writing_does_not_either() throws Exception {
    LinuxContainerProcess process =
        Spawn.shell("(trap '' PIPE; while echo more; do :; done) 2>/dev/null & echo first");
    long start = System.nanoTime();
    assertThat(process.getInputStream().readAllBytes()).asString().contains("first\n", "more\n");
    assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
  }

  @Test
  void the_last_words_of_a_grandchild_are_waited_for() throws Exception {
    LinuxContainerProcess process = Spawn.shell("(sleep 0.05; echo last) & echo first");
    assertThat(process.getInputStream().readAllBytes()).asString().isEqualTo("first\nlast\n");
  }

  @Test
  void a_reader_that_comes_late_finds_all_of_it() throws Exception {
    LinuxContainerProcess process = Spawn.shell("sleep 100 & echo $!; head -c 60000 /dev/zero");
    process.waitFor();
    before.awaitNoMore();
    byte[] bytes = process.getInputStream().readAllBytes();
    int line = IntStream.range(0, bytes.length).filter(i -> bytes[i] == '\n').findFirst().orElse(0);
    assertThat(bytes).hasSize(line + 1 + 60_000);
    ProcessHandle.of(Long.parseLong(new String(bytes, 0, line))).orElseThrow().destroyForcibly();
  }

  @Test
  void close_wakes_a_reader() throws Exception {
    try (Descriptors.Pipe pipe = pipe()) {
      InputStream stream = PipeInputStream.of(loop, pipe.reader(), exit);
      Future<Integer> read = onThread(stream::read);
      Thread.sleep(50);
      stream.close();
      assertThatThrownBy(read::get)
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseInstanceOf(IOException.class)
          .hasRootCauseMessage("Stream closed");
      stream.close();
    }
  }

  @Test
  void an_interrupt_wakes_a_reader_that_can_go_on_later() throws Exception {
    try (Descriptors.Pipe pipe = pipe();
        InputStream stream = PipeInputStream.of(loop, pipe.reader(), exit)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(stream::read)
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("interrupted while waiting for the pipe");
      assertThat(Thread.interrupted()).isTrue();
      write(pipe, "x");
      assertThat(stream.read()).isEqualTo('x');
    }
  }

  @Test
  void writes_more_than_the_pipe_holds() throws Exception {
    try (Descriptors.Pipe pipe = pipe();
        InputStream reader = PipeInputStream.of(loop, pipe.reader(), exit);
        OutputStream stream = PipeOutputStream.of(loop, pipe.writer(), exit)) {
      byte[] bytes = new byte[1 << 20];
      new Random(1).nextBytes(bytes);
      Future<byte[]> read = onThread(() -> reader.readNBytes(bytes.length));
      stream.write(bytes);
      assertThat(read.get()).isEqualTo(bytes);
    }
  }

  @Test
  void close_wakes_a_writer() throws Exception {
    try (Descriptors.Pipe pipe = pipe()) {
      OutputStream stream = PipeOutputStream.of(loop, pipe.writer(), exit);
      Future<Void> write = onThread(() -> writeTooMuch(stream));
      Thread.sleep(50);
      stream.close();
      assertThatThrownBy(write::get).hasRootCauseMessage("Stream closed");
    }
  }

  @Test
  void an_interrupt_tells_a_writer_how_far_it_came() throws Exception {
    try (Descriptors.Pipe pipe = pipe();
        OutputStream stream = PipeOutputStream.of(loop, pipe.writer(), exit)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> writeTooMuch(stream))
          .isInstanceOfSatisfying(
              InterruptedIOException.class,
              interrupted -> assertThat(interrupted.bytesTransferred).isEqualTo(1 << 16));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void a_pipe_that_nobody_reads_is_broken() throws Exception {
    try (Descriptors.Pipe pipe = pipe();
        OutputStream stream = PipeOutputStream.of(loop, pipe.writer(), exit)) {
      pipe.reader().close();
      assertThatThrownBy(() -> stream.write(1))
          .isInstanceOf(IOException.class)
          .hasMessage("Broken pipe");
    }
  }

  @Test
  void the_end_of_the_program_breaks_the_pipe_for_a_writer_even_if_a_grandchild_has_it()
      throws Exception {
    try (Descriptors.Pipe pipe = pipe()) {
      OutputStream stream = PipeOutputStream.of(loop, pipe.writer(), exit);
      Future<Void> write = onThread(() -> writeTooMuch(stream));
      Thread.sleep(50);
      exit.complete(null);
      assertThatThrownBy(write::get).hasRootCauseMessage("Broken pipe");
    }
  }

  @Test
  void close_is_the_programs_end_of_file() throws Exception {
    LinuxContainerProcess process = Spawn.start(Redirect.PIPE, Redirect.PIPE, "cat");
    try (var writer = process.outputWriter()) {
      writer.write("hello");
    }
    assertThat(process.getInputStream().readAllBytes()).asString().isEqualTo("hello");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void a_thousand_virtual_threads_that_wait_do_not_keep_each_other() throws Exception {
    List<Descriptors.Pipe> pipes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> reads = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        Descriptors.Pipe pipe = pipe();
        pipes.add(pipe);
        reads.add(
            threads.submit(() -> {
              try (InputStream stream = PipeInputStream.of(loop, pipe.reader(), exit)) {
                return stream.read();
              }
            }));
      }
      // All must wait at once: the last that began is the first that gets something.
      for (int i = 999; i >= 0; i--) {
        Descriptors.write(pipes.get(i).writer(), new byte[] {(byte) i}, 0, 1);
        assertThat(reads.get(i).get()).isEqualTo(i & 0xff);
      }
    } finally {
      pipes.forEach(Descriptors.Pipe::close);
    }
  }

  private static Void writeTooMuch(OutputStream stream) throws IOException {
    stream.write(new byte[1 << 20]);
    return null;
  }

  private static <T> Future<T> onThread(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> {
          try {
            result.complete(task.call());
          } catch (Exception failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }
}
