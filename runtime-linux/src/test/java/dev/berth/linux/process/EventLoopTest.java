package dev.berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Epoll;
import dev.berth.linux.sys.Fd;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventLoopTest {

  private static final int CLOSED = -2;

  @Test
  void an_action_runs_once_until_it_is_asked_for_again() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (Fd event = Descriptors.eventfd2(1, 0)) {
      int once = Epoll.EPOLLIN | Epoll.EPOLLONESHOT;
      try (var watch = EventLoop.shared().watch(event, once, runs::incrementAndGet)) {
        awaitLoop();
        awaitLoop();
        assertThat(runs).hasValue(1);
        watch.rearm(once);
        awaitLoop();
        assertThat(runs).hasValue(2);
      }
    }
  }

  @Test
  void an_action_that_fails_does_not_end_the_loop() throws Exception {
    Runnable failing =
        () -> {
          throw new IllegalStateException("on purpose, by a test");
        };
    try (Fd event = Descriptors.eventfd2(1, 0);
        var _ = EventLoop.shared().watch(event, Epoll.EPOLLIN | Epoll.EPOLLET, failing)) {
      awaitLoop();
    }
  }

  /** An event that is ready after those before it. */
  private static void awaitLoop() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (Fd event = Descriptors.eventfd2(1, 0);
        var _ =
            EventLoop.shared().watch(event, Epoll.EPOLLIN | Epoll.EPOLLONESHOT, seen::countDown)) {
      assertThat(seen.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void no_wake_up_is_lost_while_descriptors_are_closed_and_their_numbers_used_again()
      throws Exception {
    OpenFiles before = OpenFiles.now();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> tasks = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        tasks.add(threads.submit(() -> closeAndWrite(threads)));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
    }
    before.awaitNoMore();
  }

  private static Void closeAndWrite(ExecutorService threads) throws Exception {
    for (int round = 0; round < 100; round++) {
      Descriptors.Pipe pipe = Descriptors.pipe2(Directories.O_NONBLOCK);
      InputStream stream =
          PipeInputStream.of(EventLoop.shared(), pipe.reader(), new CompletableFuture<Void>());
      try (Fd writer = pipe.writer()) {
        Future<Integer> read = threads.submit(() -> readOrFail(stream));
        boolean writes = round % 2 == 0;
        if (writes) {
          Descriptors.write(writer, new byte[] {1}, 0, 1);
        } else {
          stream.close();
        }
        assertThat(read.get()).isEqualTo(writes ? 1 : CLOSED);
      } finally {
        stream.close();
      }
    }
    return null;
  }

  private static int readOrFail(InputStream stream) {
    try {
      return stream.read();
    } catch (IOException closed) {
      return CLOSED;
    }
  }
}
