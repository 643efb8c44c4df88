package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SyscallException;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.SeccompListener;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Action;
import dev.berth.spec.Seccomp.Syscall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** System calls that an agent answers. */
@RunsContainers
class SeccompAgentIT {
  private static final int EXDEV = 18;

  @RegisterExtension static final Containers containers = new Containers();

  private Path path;
  private Fd socket;

  @BeforeEach
  void listen() throws SyscallException {
    path = containers.directory().resolve(Containers.newId() + ".sock");
    socket = Sockets.socket(Sockets.SOCK_STREAM);
    try (Fd directory =
        Directories.open(
            path.getParent().toString(), Directories.O_PATH | Directories.O_CLOEXEC, 0)) {
      Sockets.bind(socket, directory, path.getFileName().toString());
      Sockets.listen(socket, 1);
    }
  }

  @AfterEach
  void close() {
    socket.close();
  }

  private CompletableFuture<Message> message() {
    return CompletableFuture.supplyAsync(() -> {
      try (Fd connection = Sockets.accept4(socket)) {
        Message message = Sockets.recvmsg(connection, 8192, 1);
        assertThat(Sockets.recvmsg(connection, 1, 1).isEndOfFile()).isTrue();
        return message;
      } catch (SyscallException e) {
        throw new AssertionError(e);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answers_calls_of_a_container(boolean noNewPrivileges) throws Exception {
    CompletableFuture<Message> sent = message();
    try (Container container =
        notifying(List.of("mkdir", "mkdirat"), "mkdir /dev/d 2>&1", noNewPrivileges).create()) {
      Message message = sent.get();
      long pid = container.process().pid();
      assertThat(new String(message.data(), UTF_8))
          .isEqualTo(
              ("{\"ociVersion\":\"%s\",\"fds\":[\"seccompFd\"],\"pid\":%d,\"metadata\":\"meta\","
                      + "\"state\":{\"ociVersion\":\"%s\",\"id\":\"%s\",\"status\":\"creating\","
                      + "\"bundle\":\"%s\",\"annotations\":{\"a\":\"b\"},\"pid\":%d}}")
                  .formatted(
                      container.spec().ociVersion(),
                      pid,
                      container.spec().ociVersion(),
                      container.id(),
                      container.state().bundle(),
                      pid));
      try (Fd listener = message.descriptors().getFirst()) {
        container.start();
        assertThat(SeccompListener.refuseNext(listener, EXDEV)).isPositive();
        assertThat(new String(container.process().getInputStream().readAllBytes(), UTF_8))
            .isEqualTo("mkdir: can't create directory '/dev/d': Invalid cross-device link\n");
      }
    }
  }

  @Test
  void answers_calls_of_a_further_process() throws Exception {
    CompletableFuture<Message> first = message();
    try (Container container = notifying(List.of("mkdir", "mkdirat"), "sleep 1000", true).start()) {
      first.get().close();
      CompletableFuture<Message> second = message();
      ContainerProcess process = container.exec("mkdir", "/dev/d").start();
      Message message = second.get();
      assertThat(new String(message.data(), UTF_8))
          .contains("\"pid\":%d,\"metadata\"".formatted(process.pid()))
          .contains("\"status\":\"running\"")
          .endsWith("\"pid\":%d}}".formatted(container.process().pid()));
      try (Fd listener = message.descriptors().getFirst()) {
        assertThat(SeccompListener.refuseNext(listener, EXDEV)).isPositive();
        assertThat(process.waitFor()).isEqualTo(1);
      }
    }
  }

  /** So the runtime must get the listener by other means. */
  @Test
  void may_decide_on_the_very_call_by_which_descriptors_are_sent() throws Exception {
    CompletableFuture<Fd> listener =
        message()
            .thenApplyAsync(message -> {
              Fd received = message.descriptors().getFirst();
              SeccompListener.passNext(received);
              return received;
            });
    try (Container container = notifying(List.of("sendmsg"), "echo x", true).create();
        Fd _ = listener.get()) {
      container.start();
      assertThat(new String(container.process().getInputStream().readAllBytes(), UTF_8))
          .isEqualTo("x\n");
    }
  }

  @Test
  void without_an_agent_there_is_no_container() throws Exception {
    socket.close();
    Files.delete(path);
    assertThat(refusal(notifying(List.of("mkdir"), "true", true)))
        .isEqualTo(
            "container \"ID\": linux.seccomp.listenerPath \"%s\": connect: ENOENT (No such file or"
                    .formatted(path)
                + " directory)");
    socket = Sockets.socket(Sockets.SOCK_STREAM);
  }

  private ContainerBuilder notifying(List<String> calls, String script, boolean noNewPrivileges) {
    Seccomp profile =
        new Seccomp(
            Action.SCMP_ACT_ALLOW,
            null,
            List.of(),
            null,
            path.toString(),
            "meta",
            List.of(new Syscall(calls, Action.SCMP_ACT_NOTIFY, null, List.of())));
    return containers
        .shell(script)
        .edit(spec ->
            spec.withLinux(spec.linux().withSeccomp(profile))
                .withAnnotations(Map.of("a", "b"))
                .withProcess(spec.process().withNoNewPrivileges(noNewPrivileges)));
  }
}
