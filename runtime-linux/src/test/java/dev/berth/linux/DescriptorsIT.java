package dev.berth.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerProcess;
import dev.berth.ContainerSetupException;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Memfd;
import dev.berth.linux.sys.Message;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors that change hands: to a program, and of a process. */
@RunsContainers
class DescriptorsIT {
  @RegisterExtension static final Containers containers = new Containers();

  /** Fewer than the stub has itself, about as many, and more than one message takes. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 16, 124, 700})
  void a_program_finds_the_descriptors_that_it_is_given_in_their_order(int count) throws Exception {
    List<Fd> sent = texts(count);
    int[] numbers = sent.stream().mapToInt(Fd::number).toArray();
    String expected = String.join("", IntStream.range(0, count).mapToObj(i -> i + "\n").toList());
    try (Container container =
        containers.shell(script(count) + "; echo end; sleep 1000").descriptors(numbers).start()) {
      assertThat(read(container.process(), expected.length() + 4)).isEqualTo(expected + "end\n");
      assertThat(open(container.process())).isEqualTo(3 + count);

      assertThat(
              container
                  .exec("sh", "-c", script(count))
                  .descriptors(numbers)
                  .run()
                  .orThrow()
                  .output())
          .isEqualTo(expected);
    } finally {
      sent.forEach(Fd::close);
    }
  }

  @Test
  void the_same_descriptor_can_be_given_twice() throws Exception {
    try (Fd text = Memfd.ofData("text", "once\n".getBytes(UTF_8));
        Container container = containers.container("sleep", "1000").start()) {
      assertThat(
              container
                  .exec("sh", "-c", "cat /proc/self/fd/3 /proc/self/fd/4")
                  .descriptors(text.number(), text.number())
                  .run()
                  .orThrow()
                  .output())
          .isEqualTo("once\nonce\n");
    }
  }

  @Test
  void a_created_container_keeps_them_until_its_start() throws Exception {
    try (Container container = createdWithText("kept\n")) {
      container.start();
      assertThat(read(container.process(), 5)).isEqualTo("kept\n");
    }
  }

  private static Container createdWithText(String content) throws IOException {
    try (Fd text = Memfd.ofData("text", content.getBytes(UTF_8))) {
      return containers.shell("cat /proc/self/fd/3").descriptors(text.number()).create();
    }
  }

  @Test
  void one_that_is_not_open_is_named_before_anything_is_made() throws Exception {
    int closed = 4000;
    assertThatThrownBy(() -> containers.container("true").descriptors(0, closed).create())
        .isInstanceOf(ContainerSetupException.class)
        .hasMessageEndingWith(
            ": descriptor 4000: EBADF (Bad file descriptor); it must be open in this program");
    assertThat(containers.runtime().containers()).isEmpty();
    try (Container container = containers.container("sleep", "1000").start()) {
      assertThatThrownBy(() -> container.exec("true").descriptors(closed).start())
          .hasMessage(
              "container \"%s\": descriptor 4000: EBADF (Bad file descriptor); it must be open in"
                  + " this program",
              container.id());
    }
  }

  @Test
  void a_pidfd_goes_to_whoever_listens() throws Exception {
    Path path = containers.directory().resolve(Containers.newId());
    try (Fd listener = listen(path);
        Container container = containers.container("sleep", "1000").pidfdSocket(path).create()) {
      assertThat(receivedPid(listener)).isEqualTo(container.process().pid());
      container.start();
      ContainerProcess exec = container.exec("sleep", "1000").pidfdSocket(path).start();
      assertThat(receivedPid(listener)).isEqualTo(exec.pid());
    } finally {
      Files.delete(path);
    }
  }

  @Test
  void without_a_listener_for_the_pidfd_nothing_is_made() throws Exception {
    Path path = containers.directory().resolve("nobody");
    assertThatThrownBy(() -> containers.container("sleep", "1000").pidfdSocket(path).create())
        .isInstanceOf(ContainerSetupException.class)
        .hasMessageEndingWith(
            ": pidfd socket \"%s\": connect: ENOENT (No such file or directory)", path);
    assertThat(containers.runtime().containers()).isEmpty();
  }

  private static Fd listen(Path path) throws IOException {
    Fd socket = Sockets.socket(Sockets.SOCK_STREAM);
    int flags = Directories.O_PATH | Directories.O_DIRECTORY;
    try (Fd directory = Directories.open(path.getParent().toString(), flags, 0)) {
      Sockets.bind(socket, directory, path.getFileName().toString());
    }
    Sockets.listen(socket, 1);
    return socket;
  }

  private static long receivedPid(Fd listener) throws IOException {
    try (Fd connection = Sockets.accept4(listener);
        Message message = Sockets.recvmsg(connection, 100, 1)) {
      Path info = Path.of("/proc/self/fdinfo/" + message.descriptors().getFirst());
      return Files.readAllLines(info).stream()
          .filter(line -> line.startsWith("Pid:"))
          .mapToLong(line -> Long.parseLong(line.substring(4).strip()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static List<Fd> texts(int count) throws IOException {
    List<Fd> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(Memfd.ofData("text", (i + "\n").getBytes(UTF_8)));
    }
    return texts;
  }

  private static String script(int count) {
    return "for i in $(seq 3 %d); do cat /proc/self/fd/$i; done".formatted(2 + count);
  }

  private static String read(ContainerProcess process, int length) throws IOException {
    return new String(process.getInputStream().readNBytes(length), UTF_8);
  }

  private static long open(ContainerProcess process) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return open.count();
    }
  }
}
