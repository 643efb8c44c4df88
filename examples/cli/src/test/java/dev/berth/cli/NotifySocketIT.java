package dev.berth.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import dev.berth.linux.sys.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A program that tells when it is ready; the test is its service manager. */
class NotifySocketIT {
  private static final Path SOURCE = Path.of("src/test/c/ready.c").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension final Installation berth = new Installation();

  private Fd manager;
  private String script;

  @BeforeEach
  void prepare() throws Exception {
    Path program = berth.rootfs().resolve("bin/ready");
    Process compiler =
        new ProcessBuilder(
                "sh", "-c", "exec ${CC:-cc} -static -o \"$0\" \"$1\"", program + "", SOURCE + "")
            .inheritIO()
            .start();
    if (compiler.waitFor() == 127) {
      System.err.println("skipped: needs a C compiler");
      Assumptions.abort("needs a C compiler");
    }
    assertThat(compiler.exitValue()).isZero();
    Path socket = berth.file("manager");
    manager = Sockets.socket(Sockets.SOCK_DGRAM);
    int flags = Directories.O_PATH | Directories.O_DIRECTORY;
    try (Fd directory = Directories.open(socket.getParent().toString(), flags, 0)) {
      Sockets.bind(manager, directory, socket.getFileName().toString());
    }
    script = "NOTIFY_SOCKET=%s exec \"$@\"".formatted(socket);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void in_the_foreground_the_manager_hears_of_it_and_is_to_watch_berth() throws Exception {
    berth.command("/bin/ready");
    String id = berth.id("a");
    Process run = berth.start(script, berth.file("out"), berth.file("err"), "run", id);
    assertThat(told()).isEqualTo("READY=1\n");
    assertThat(told()).isEqualTo("MAINPID=%d\n".formatted(run.pid()));
    assertThat(told()).isEqualTo("BARRIER=1\n");
    assertThat(berth.berth("kill", id, "KILL").status()).isZero();
    assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(run.exitValue()).as(Files.readString(berth.file("err"))).isEqualTo(137);
  }

  @Test
  void detached_the_manager_is_to_watch_the_program() throws Exception {
    berth.command("/bin/ready");
    String id = berth.id("a");
    Process run = berth.start(script, berth.file("out"), berth.file("err"), "run", "-d", id);
    assertThat(told()).isEqualTo("READY=1\n");
    String pid = told();
    assertThat(told()).isEqualTo("BARRIER=1\n");
    assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(run.exitValue()).isZero();
    String pidOfContainer = berth.berth("ps", "-f", "json", id).out().replaceAll("\\D", "");
    assertThat(pid).isEqualTo("MAINPID=" + pidOfContainer + "\n");
    berth.remove(id);
  }

  @Test
  void what_a_program_told_before_its_end_is_heard() throws Exception {
    berth.command("/bin/ready", "and end");
    Process run = berth.start(script, berth.file("out"), berth.file("err"), "run", berth.id("a"));
    assertThat(told()).isEqualTo("READY=1\n");
    assertThat(told()).startsWith("MAINPID=");
    assertThat(told()).isEqualTo("BARRIER=1\n");
    assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(run.exitValue()).isZero();
  }

  @Test
  void a_program_that_never_is_ready_is_not_waited_for_longer_than_it_runs() throws IOException {
    berth.command("sh", "-c", "echo $NOTIFY_SOCKET; exit 3");
    assertThat(berth.shell(script, "run", berth.id("a")))
        .isEqualTo(new Outcome(3, "/run/notify/notify.sock\n", ""));
  }

  @Test
  void a_socket_that_is_no_file_is_refused() throws IOException {
    berth.command("true");
    assertThat(berth.shell("NOTIFY_SOCKET=@manager exec \"$@\"", "run", berth.id("a")))
        .isEqualTo(
            new Outcome(
                1, "", "NOTIFY_SOCKET \"@manager\": only a socket that is a file is supported\n"));
  }

  private String told() throws IOException {
    assertThat(Descriptors.poll(manager, Descriptors.POLLIN, PATIENCE)).isNotZero();
    try (Message message = Sockets.recvmsg(manager, 4096, 1)) {
      return new String(message.data(), UTF_8);
    }
  }
}
