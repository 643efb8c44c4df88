package dev.berth.linux.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketsTest {

  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  @Test
  void a_message_arrives_whole_with_its_descriptors() throws Exception {
    try (Sockets.Pair pair = Sockets.socketpair();
        Fd memfd = Memfd.ofData("sent", HELLO)) {
      Sockets.sendmsg(pair.here(), HELLO, List.of(memfd, memfd, memfd));
      try (Message message = Sockets.recvmsg(pair.there(), 100, 3)) {
        assertThat(message.data()).isEqualTo(HELLO);
        assertThat(message.descriptors()).hasSize(3);
        Fd received = message.descriptors().get(2);
        assertThat(received.number()).isNotEqualTo(memfd.number());
        assertThat(Descriptors.fcntl(received, Descriptors.F_GETFD, 0))
            .isEqualTo(Descriptors.FD_CLOEXEC);
        assertThat(Files.readString(Path.of("/proc/self/fd/" + received))).isEqualTo("hello");
      }
    }
  }

  @Test
  void the_end_is_a_message_of_nothing() throws Exception {
    try (Sockets.Pair pair = Sockets.socketpair()) {
      pair.here().close();
      try (Message message = Sockets.recvmsg(pair.there(), 10, 1)) {
        assertThat(message.isEndOfFile()).isTrue();
      }
    }
  }

  @Test
  void a_message_that_is_too_long_is_refused() throws Exception {
    try (Sockets.Pair pair = Sockets.socketpair()) {
      Sockets.sendmsg(pair.here(), HELLO, List.of());
      assertThatThrownBy(() -> Sockets.recvmsg(pair.there(), 4, 0))
          .isInstanceOf(SyscallException.class)
          .hasMessage("recvmsg(%s, 4): EMSGSIZE (Message too long)", pair.there());
    }
  }

  @Test
  void descriptors_that_nobody_asked_for_are_refused_and_closed() throws Exception {
    try (Sockets.Pair pair = Sockets.socketpair();
        Fd memfd = Memfd.ofData("sent", HELLO)) {
      for (int expected = 0; expected < 4; expected++) {
        int room = expected;
        Sockets.sendmsg(pair.here(), HELLO, Collections.nCopies(5, memfd));
        List<String> before = OpenDescriptors.list();
        assertThatThrownBy(() -> Sockets.recvmsg(pair.there(), 10, room))
            .hasMessageContaining("EMSGSIZE");
        assertThat(OpenDescriptors.list()).isEqualTo(before);
      }
    }
  }

  @Test
  void more_descriptors_than_a_message_takes_are_refused() throws Exception {
    try (Sockets.Pair pair = Sockets.socketpair()) {
      assertThatThrownBy(
              () -> Sockets.sendmsg(pair.here(), HELLO, Collections.nCopies(254, pair.here())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("254 descriptors in one message; 253 are possible");
    }
  }

  @Test
  void a_socket_may_lie_deep_in_the_file_system(@TempDir Path top) throws Exception {
    Path deep = Files.createDirectories(top.resolve("a".repeat(100)).resolve("b".repeat(100)));
    try (Fd directory = Directories.open(deep.toString(), Directories.O_PATH, 0);
        Fd server = Sockets.socket();
        Fd client = Sockets.socket()) {
      Sockets.bind(server, directory, "start");
      Sockets.listen(server, 1);
      Sockets.connect(client, directory, "start");
      Sockets.sendmsg(client, HELLO, List.of());
      try (Fd connection = Sockets.accept4(server);
          Message message = Sockets.recvmsg(connection, 10, 0)) {
        assertThat(message.data()).isEqualTo(HELLO);
      }
      assertThatThrownBy(() -> Sockets.connect(client, directory, "x".repeat(100)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("not the name of a socket: \"%s\"", "x".repeat(100));
    }
  }
}
