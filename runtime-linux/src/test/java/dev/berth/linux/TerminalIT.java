package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.Result;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Dialogue;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs that have a terminal of their own. */
@RunsContainers
class TerminalIT {
  private static final String CTRL_C = "\u0003";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @RegisterExtension static final Containers containers = new Containers();

  /** Whose root the container's root is. */
  enum Root {
    THE_HOSTS(UnaryOperator.identity()),
    ITS_OWN(TerminalIT::withOwnIds);

    private final UnaryOperator<Spec> edit;

    Root(UnaryOperator<Spec> edit) {
      this.edit = edit;
    }

    long uid(long uid) {
      return this == THE_HOSTS ? uid : 100_000 + uid;
    }
  }

  private static Spec withOwnIds(Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.USER));
    List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65_536));
    return spec.withLinux(spec.linux().withNamespaces(namespaces).withMappings(ids, ids));
  }

  private static ContainerBuilder shell(String script) {
    return containers.shell(script).terminal();
  }

  private static ContainerBuilder interactive() {
    return containers.container("sh").environment("PS1", "$ ").terminal(80, 25);
  }

  private static String output(ContainerBuilder container) throws InterruptedException {
    return container.run(LIMIT).orThrow().output();
  }

  @ParameterizedTest
  @EnumSource
  void is_standard_input_output_and_error(Root root) throws Exception {
    assertThat(
            output(
                shell("tty; tty <&1; tty <&2; stty size; ls /proc/self/fd")
                    .terminal(132, 43)
                    .edit(root.edit)))
        .isEqualTo("/dev/pts/0\r\n".repeat(3) + "43 132\r\n0  1  2  3\r\n");
  }

  @ParameterizedTest
  @EnumSource
  void controls_the_session_of_the_program(Root root) throws Exception {
    try (Container running =
        containers.container("sleep", "1000").terminal().edit(root.edit).start()) {
      // Fields of proc_pid_stat(5), the name with its parentheses left out.
      String[] stat = Files.readString(proc(running, "stat")).replaceFirst(".*\\) ", "").split(" ");
      String inside = running.exec("cat", "/proc/1/stat").run(LIMIT).orThrow().output();
      assertThat(inside.split(" ")[5]).as("session").isEqualTo("1");
      assertThat(Integer.parseInt(stat[4]) >> 8).as("major of tty_nr").isEqualTo(136);
      assertThat(stat[5]).as("foreground").isEqualTo(Long.toString(running.process().pid()));
      for (int fd = 0; fd < 3; fd++) {
        assertThat(Files.readSymbolicLink(proc(running, "fd/" + fd))).hasToString("/dev/pts/0");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void is_also_the_console(Root root) throws Exception {
    assertThat(
            output(
                shell("stat -c '%F %t:%T' /dev/console; echo there >/dev/console; ls /dev/pts")
                    .edit(root.edit)))
        .isEqualTo("character special file 88:0\r\nthere\r\n0     ptmx\r\n");
  }

  @ParameterizedTest
  @EnumSource
  void belongs_to_the_user_and_the_group_of_terminals(Root root) throws Exception {
    ContainerBuilder builder =
        shell("stat -c %u:%g:%a /dev/pts/0; echo a >/dev/tty; echo b >/dev/stderr; sleep 1000")
            .user(1000, 1000)
            .edit(root.edit);
    try (Container running = builder.start()) {
      new Dialogue(running.process()).await("1000:5:620\r\na\r\nb\r\n");
      assertThat(Files.getAttribute(proc(running, "root/dev/pts/0"), "unix:uid"))
          .isEqualTo((int) root.uid(1000));
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_a_further_process_is_the_containers_too(Root root) throws Exception {
    try (Container running =
        containers.container("sleep", "1000").terminal().edit(root.edit).start()) {
      Result result =
          running
              .exec(
                  "sh",
                  "-c",
                  "tty; stty size; stat -c %u:%g /dev/pts/1; cut -d' ' -f6,7 /proc/self/stat")
              .user(1000, 1000)
              .terminal(100, 30)
              .run(LIMIT)
              .orThrow();
      assertThat(result.output()).matches("/dev/pts/1\r\n30 100\r\n1000:5\r\n[1-9]\\d* 34817\r\n");
    }
  }

  @Test
  void a_further_process_may_have_one_where_the_first_has_none() throws Exception {
    try (Container running = containers.container("sleep", "1000").start()) {
      assertThat(running.exec("tty").terminal().run(LIMIT).output()).isEqualTo("/dev/pts/0\r\n");
      assertThat(running.exec("ls", "/dev/console").run(LIMIT).exitValue()).isEqualTo(1);
    }
  }

  @Test
  void the_key_for_an_interrupt_reaches_the_foreground_only() throws Exception {
    try (Container running = interactive().start()) {
      Dialogue user = new Dialogue(running.process());
      user.await("$ ");
      user.type("sleep 1000 & echo started\n");
      user.await("\nstarted");
      user.type("sh -c 'echo sleeping; sleep 1001'\n");
      user.await("\nsleeping");
      user.type(CTRL_C);
      user.type("echo still $((6 * 7)); ps | grep -c 'sleep 100[01]$'\n");
      user.await("still 42\r\n1\r\n");
      user.type("exit 7\n");
      assertThat(running.process().waitFor()).isEqualTo(7);
    }
  }

  @Test
  void tells_the_program_of_another_size() throws Exception {
    ContainerBuilder builder =
        shell("trap 'stty size' WINCH; echo up; while :; do sleep 0.05; done").terminal(80, 25);
    try (Container running = builder.start()) {
      Dialogue user = new Dialogue(running.process());
      user.await("up");
      running.process().resize(132, 43);
      user.await("43 132");
    }
  }

  @Test
  void ten_mebibytes_come_out_as_they_went_in() throws Exception {
    // The kernel throws away what is unread when the leader of the session ends: here, the shell.
    ContainerBuilder builder =
        shell("stty raw -echo; seq 1 2000000 | head -c 10485760; read all_was_seen");
    try (Container running = builder.start()) {
      byte[] seen = running.process().getInputStream().readNBytes(10_485_760);
      running.process().getOutputStream().write('\n');
      running.process().getOutputStream().flush();
      assertThat(running.process().getInputStream().readAllBytes()).isEmpty();
      StringBuilder expected = new StringBuilder();
      for (int i = 1; expected.length() < 10_485_760; i++) {
        expected.append(i).append('\n');
      }
      assertThat(seen).isEqualTo(expected.substring(0, 10_485_760).getBytes(UTF_8));
    }
  }

  @Test
  void a_mebibyte_goes_in_as_it_was_typed() throws Exception {
    byte[] typed = new byte[1 << 20];
    for (int i = 0; i < typed.length; i++) {
      typed[i] = (byte) (i * 31 + (i >> 8));
    }
    ContainerBuilder builder = shell("stty raw -echo; echo ready; head -c 1048576 | md5sum");
    try (Container running = builder.start()) {
      Dialogue user = new Dialogue(running.process());
      user.await("ready");
      running.process().getOutputStream().write(typed);
      running.process().getOutputStream().flush();
      user.await(HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(typed)));
    }
  }

  @Test
  void nothing_is_lost_of_what_a_program_prints() throws Exception {
    String expected = output(containers.shell("seq 1 3000")).replace("\n", "\r\n");
    for (int i = 0; i < 10; i++) {
      // At the end of a session the kernel throws away what nobody has read yet.
      try (Container running = shell("seq 1 3000; echo; echo end; read line").start()) {
        Dialogue user = new Dialogue(running.process());
        user.await("\r\nend");
        user.type("\n");
        assertThat(user.all()).startsWith(expected);
      }
    }
  }

  @Test
  void a_closed_stream_is_the_key_for_end_of_file() throws Exception {
    try (Container running = containers.container("cat").terminal().start()) {
      running.process().getOutputStream().write("no line end".getBytes(UTF_8));
      running.process().getOutputStream().close();
      assertThat(running.process().waitFor()).isZero();
      assertThat(new Dialogue(running.process()).all()).isEqualTo("no line end".repeat(2));
    }
  }

  @Test
  void a_program_that_reads_keys_gets_no_end_of_file() throws Exception {
    ContainerBuilder builder =
        shell("stty raw -echo; echo ready; (sleep 0.3; echo over) & head -c 2 | cat -v");
    try (Container running = builder.start()) {
      Dialogue user = new Dialogue(running.process());
      user.await("ready");
      user.type("a");
      running.process().getOutputStream().close();
      user.await("over");
      running.process().destroyForcibly();
      assertThat(user.all()).isEqualTo("ready\nover\n");
    }
  }

  @Test
  void a_program_may_let_go_of_its_terminal_and_open_the_console_later() throws Exception {
    ContainerBuilder builder =
        shell("echo one; exec <&- >&- 2>&-; sleep 0.3; echo two >/dev/console");
    assertThat(output(builder)).isEqualTo("one\r\ntwo\r\n");
  }

  @Test
  void what_a_program_leaves_behind_does_not_hold_the_streams() throws Exception {
    try (Container running = containers.container("sleep", "1000").start()) {
      Result result =
          running
              .exec("sh", "-c", "trap '' HUP; sleep 1001 & echo done")
              .terminal()
              .run(LIMIT)
              .orThrow();
      assertThat(result.output()).isEqualTo("done\r\n");
    }
  }

  @Test
  void can_be_used_between_creation_and_start() throws Exception {
    try (Container created = shell("read line; echo \"got $line\"").create()) {
      created.process().resize(90, 30);
      Dialogue user = new Dialogue(created.process());
      user.type("early\n");
      created.start();
      user.await("got early");
      assertThat(created.process().waitFor()).isZero();
    }
  }

  @Test
  void readers_in_virtual_threads_do_not_wait_for_each_other() throws Exception {
    try (Container running = containers.container("sleep", "1000").start()) {
      List<ContainerProcess> cats = new ArrayList<>();
      List<Dialogue> users = new ArrayList<>();
      for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
        cats.add(running.exec("cat").terminal().start());
        users.add(new Dialogue(cats.getLast()));
      }
      for (Dialogue user : users.reversed()) {
        user.type("hello\n");
        user.await("hello\r\nhello\r\n");
      }
      for (ContainerProcess cat : cats) {
        cat.getOutputStream().close();
        assertThat(cat.waitFor()).isZero();
      }
    }
  }

  @Test
  void takes_a_devpts() {
    String hint =
        "; a terminal takes a devpts at /dev/pts, such as {\"destination\": \"/dev/pts\", \"type\":"
            + " \"devpts\", \"source\": \"devpts\", \"options\": [\"newinstance\","
            + " \"ptmxmode=0666\", \"mode=0620\"]} in mounts";
    assertThat(refusal(shell("true").edit(TerminalIT::withoutDevpts)))
        .isEqualTo(
            "container \"ID\": make a terminal: openat2(/dev/pts): ENOENT (No such file or"
                + " directory)"
                + hint);
    try (Container running =
        containers.container("sleep", "1000").edit(TerminalIT::withoutDevpts).start()) {
      assertThatThrownBy(() -> running.exec("true").terminal().start())
          .hasMessage(
              "container \"%s\": make a terminal: openat2(/dev/pts): ENOENT (No such file or"
                  + " directory)"
                  + "%s",
              running.id(), hint);
    }
  }

  private static Spec withoutDevpts(Spec spec) {
    return spec.withMounts(
        spec.mounts().stream().filter(m -> !m.destination().equals("/dev/pts")).toList());
  }

  @Test
  void streams_cannot_lead_elsewhere_as_well() {
    assertThatThrownBy(() -> shell("true").redirectOutput(Redirect.DISCARD).create())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "process.terminal: standard input, output and error are the terminal; they cannot be"
                + " redirected");
  }

  @Test
  void only_a_terminal_has_a_size() {
    try (Container running = containers.container("sleep", "1000").start()) {
      assertThatThrownBy(() -> running.process().resize(80, 25))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("process %d has no terminal that is this program's", running.process().pid());
    }
    try (Container running = containers.container("sleep", "1000").terminal().start()) {
      assertThatThrownBy(() -> running.process().resize(80, 65536))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("terminal size: rows must be within 0 to 65535, is 65536");
    }
  }

  @Test
  void a_size_after_the_end_is_of_no_interest() throws Exception {
    try (Container running = shell("true").start()) {
      assertThat(running.process().waitFor()).isZero();
      running.process().resize(80, 25);
    }
  }

  private static Path proc(Container running, String file) {
    return Path.of("/proc", Long.toString(running.process().pid()), file);
  }
}
