package dev.berth.linux.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorsTest {

  @TempDir private Path directory;

  @Test
  void a_pipe_carries_bytes_until_its_writer_is_gone() throws Exception {
    byte[] buffer = new byte[16];
    try (Descriptors.Pipe pipe = Descriptors.pipe2(0)) {
      assertThat(Descriptors.poll(pipe.reader(), Descriptors.POLLIN, Duration.ZERO)).isZero();
      Descriptors.writeFully(pipe.writer(), "hello".getBytes(UTF_8));
      assertThat(Descriptors.poll(pipe.reader(), Descriptors.POLLIN, Duration.ofSeconds(1)))
          .isEqualTo(Descriptors.POLLIN);
      assertThat(Descriptors.read(pipe.reader(), buffer, 2, 14)).isEqualTo(5);
      assertThat(new String(buffer, 2, 5, UTF_8)).isEqualTo("hello");
      pipe.writer().close();
      assertThat(Descriptors.read(pipe.reader(), buffer, 0, 16)).isZero();
    }
  }

  @Test
  void a_lock_that_is_taken_is_eagain() throws Exception {
    String file = Files.createFile(directory.resolve("lock")).toString();
    try (Fd first = Directories.open(file, Directories.O_RDONLY, 0);
        Fd second = Directories.open(file, Directories.O_RDONLY, 0)) {
      Descriptors.flock(first, Descriptors.LOCK_EX);
      assertThatThrownBy(() -> Descriptors.flock(second, Descriptors.LOCK_EX | Descriptors.LOCK_NB))
          .isInstanceOf(SyscallException.class)
          .hasMessage("flock(%s, 6): EAGAIN (Resource temporarily unavailable)", second);
      Descriptors.flock(first, Descriptors.LOCK_UN);
      Descriptors.flock(second, Descriptors.LOCK_EX | Descriptors.LOCK_NB);
    }
  }

  @Test
  void epoll_tells_which_of_two_is_ready() throws Exception {
    try (Epoll epoll = Epoll.create();
        Fd quiet = Descriptors.eventfd2(0, 0);
        Fd ready = Descriptors.eventfd2(1, 0)) {
      epoll.add(quiet, new EpollEvent(Epoll.EPOLLIN, -1));
      assertThat(epoll.await(4, 0)).isEmpty();
      epoll.add(ready, new EpollEvent(Epoll.EPOLLIN, 0x1234_5678_9abc_def0L));
      assertThat(epoll.await(4, -1))
          .containsExactly(new EpollEvent(Epoll.EPOLLIN, 0x1234_5678_9abc_def0L));
      epoll.modify(ready, new EpollEvent(0, 1));
      assertThat(epoll.await(4, 0)).isEmpty();
      epoll.remove(ready);
    }
  }

  @Test
  void a_sealed_file_cannot_change() throws Exception {
    byte[] content = "content".getBytes(UTF_8);
    for (Fd memfd : List.of(Memfd.ofData("data", content), Memfd.ofCode("code", content))) {
      try (memfd) {
        assertThat(Files.readAllBytes(Path.of("/proc/self/fd/" + memfd))).isEqualTo(content);
        assertThatThrownBy(() -> Descriptors.writeFully(memfd, content))
            .isInstanceOf(SyscallException.class)
            .hasMessage("write(%s, 7): EPERM (Operation not permitted)", memfd);
        assertThat(Descriptors.fcntl(memfd, Memfd.F_GET_SEALS, 0) & 0xf).isEqualTo(0xf);
      }
    }
  }
}
