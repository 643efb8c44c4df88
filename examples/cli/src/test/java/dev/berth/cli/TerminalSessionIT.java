package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.cli.Installation.Outcome;
import dev.berth.core.spec.SpecDefaults;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody at a terminal runs programs that have one of their own. */
class TerminalSessionIT {
  @RegisterExtension final Installation berth = new Installation();

  @BeforeEach
  void requireTmux() {
    if (!Tmux.isAvailable()) {
      System.err.println("skipped: needs tmux (Debian: tmux)");
    }
    assumeTrue(Tmux.isAvailable(), "needs tmux (Debian: tmux)");
  }

  /** A command that says "NAME runs", and runs until a key ends it. */
  private static String running(String name) {
    return "sh -c 'echo %s ru\"\"ns; exec sleep 1000'".formatted(name);
  }

  /** Changes {@code config.json} to run this script at a terminal. */
  private void script(String script) throws IOException {
    berth.command("sh", "-c", script);
    berth.change(spec -> spec.withProcess(spec.process().withTerminal(true)));
  }

  /** Whether the terminal's settings are what they were when {@code before} was written. */
  private static void assertRestored(Tmux user) throws Exception {
    user.line("stty -g >after; cmp before after && printf '\\n%s\\n' re''stored");
    user.await("restored");
  }

  private Tmux user() throws Exception {
    Tmux user = new Tmux(berth);
    user.line("stty -g >before; echo we''ll");
    user.await("well");
    return user;
  }

  @Test
  void a_shell_with_job_control_of_the_configuration_that_spec_writes() throws Exception {
    try (Tmux user = user()) {
      user.line("./berth run " + berth.id("a") + "; echo status $?");
      user.await("/ #");
      user.line("tty; stty size");
      user.await("/dev/pts/0\n30 100\n");
      user.line(running("one") + "; echo went on");
      user.await("one runs");
      user.key("C-c");
      user.await("^C");
      user.line(running("two"));
      user.await("two runs");
      user.key("C-z");
      user.await("^Z[1]+  Stopped");
      user.line("fg");
      user.await("sh -c");
      user.key("C-c");
      user.line("echo status $?");
      user.await("status 130");
      user.resize(120, 40);
      user.line("while [ \"$(stty size)\" != '40 120' ]; do :; done; echo res''ized");
      user.await("resized");
      assertThat(user.screen()).doesNotContain("\nwent on");
      user.line("exit 7");
      user.await("status 7");
      assertRestored(user);
    }
  }

  @Test
  void a_program_that_draws_on_the_whole_screen() throws Exception {
    berth.write(SpecDefaults.spec());
    try (Tmux user = user()) {
      user.line("./berth run " + berth.id("a") + "; echo status $?");
      user.await("/ #");
      user.line("vi /dev/shm/file");
      user.await("- /dev/shm/file");
      user.line("iedited");
      user.await("I /dev/shm/file");
      user.key("Escape");
      user.await("- /dev/shm/file");
      user.line(":wq");
      user.line("echo \"<$(cat /dev/shm/file)>\"");
      user.await("<edited>");
      user.line("exit");
      user.await("status 0");
      assertRestored(user);
    }
  }

  @Test
  void a_further_program_has_one_if_asked() throws Exception {
    String id = berth.sleeping("a");
    try (Tmux user = user()) {
      user.line("./berth exec --tty " + id + " sh; echo status $?");
      user.await("/ #");
      user.line("tty; stty size");
      user.await("/dev/pts/0\n30 100\n");
      user.line("exit 9");
      user.await("status 9");
      user.line("./berth exec " + id + " tty");
      user.await("not a tty");
      assertRestored(user);
    }
    berth.remove(id);
  }

  @Test
  void the_users_terminal_is_restored_when_a_signal_ends_the_program() throws Exception {
    script("trap 'echo asked to; exit 8' TERM; echo \"up\"; while :; do sleep 1; done");
    try (Tmux user = user()) {
      user.line("./berth run " + berth.id("a") + " & echo $! >pid; fg; echo status $?");
      user.await("up");
      Path pid = berth.bundle().resolve("pid");
      kill("TERM", Files.readString(pid).strip());
      user.await("asked to\n");
      user.await("status 8");
      assertRestored(user);
    }
  }

  @Test
  void the_users_terminal_is_restored_when_the_container_is_killed() throws Exception {
    script("echo \"up\"; sleep 1000");
    try (Tmux user = user()) {
      user.line("./berth run " + berth.id("a") + "; echo status $?");
      user.await("up");
      assertThat(berth.berth("kill", berth.id("a"), "KILL")).isEqualTo(new Outcome(0, "", ""));
      user.await("status 137");
      assertRestored(user);
    }
  }

  @Test
  void the_users_terminal_is_as_it_was_when_there_is_no_program() throws Exception {
    berth.command("/no/such/program");
    berth.change(spec -> spec.withProcess(spec.process().withTerminal(true)));
    try (Tmux user = user()) {
      user.line("./berth run " + berth.id("a") + "; echo status $?");
      user.await("status 1");
      assertThat(user.screen()).contains("no such file in the container's root\n");
      assertRestored(user);
    }
  }

  @Test
  void without_a_users_terminal_standard_input_is_typed() throws Exception {
    script("stty -echo; echo ready; cat; tty");
    Path out = berth.file("out");
    List<String> command = berth.command();
    command.addAll(List.of("run", berth.id("a")));
    Path input = Files.writeString(berth.file("in"), "from a file\n");
    Process process =
        new ProcessBuilder(command)
            .directory(berth.bundle().toFile())
            .redirectInput(input.toFile())
            .redirectOutput(out.toFile())
            .redirectError(Redirect.appendTo(berth.file("err").toFile()))
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(Files.readString(out)).contains("ready\r\n", "from a file\r\n", "/dev/pts/0\r\n");
  }

  @Test
  void what_the_program_prints_may_go_to_a_pipe_that_nobody_reads_to_the_end() throws Exception {
    script("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo $i; done; exit 3");
    try (Tmux user = user()) {
      user.line("(./berth run " + berth.id("a") + "; echo status $? >&2) | sed 1q");
      user.await("status 3");
      assertRestored(user);
    }
  }

  private static void kill(String signal, String pid) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }
}
