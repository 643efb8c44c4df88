package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people and engines read when it does not work. */
class BadInputIT {
  @RegisterExtension final Installation berth = new Installation();

  private static Outcome failed(String message) {
    return failed(1, message);
  }

  private static Outcome failed(int status, String message) {
    return new Outcome(status, "", message + "\n");
  }

  @Test
  void nothing_of_a_configuration_acts_on_the_terminal_or_the_log() throws IOException {
    Path config = berth.bundle().resolve("config.json");
    String odd = "\\u001b]0;title\\u0007\\nforged: line\\u202e";
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\\{", "{\"annotations\": {\"ODD\": 0},")
            .replace("ODD", odd));
    Path log = berth.file("log");
    String message =
        "config.json: annotations[\"%s\"]: expected a string, found a number".formatted(odd);
    assertThat(berth.berth("--log", log.toString(), "run", berth.id("a")))
        .isEqualTo(failed(message));
    assertThat(Files.readString(log)).matches("time=\\S+ level=error msg=[^\\p{Cntrl}\\u202e]+\n");
  }

  @Test
  void an_argument_acts_on_no_terminal() {
    assertThat(berth.berth("run", berth.id("a"), "--\u001b[31m\u202e"))
        .isEqualTo(failed("run: unknown option: '--\\u001b[31m\\u202e'; see berth run --help"));
    assertThat(berth.berth("update", "--pids-limit", "\u0663", berth.id("a")).err())
        .contains("'\u0663' is not a whole number within");
  }

  @Test
  void no_bundle() {
    Path missing = berth.file("missing");
    assertThat(berth.berth("run", "--bundle", missing.toString(), berth.id("a")))
        .isEqualTo(failed("bundle \"%s\": does not exist".formatted(missing)));
  }

  @Test
  void no_config_json() throws IOException {
    Files.delete(berth.bundle().resolve("config.json"));
    assertThat(berth.berth("run", berth.id("a")))
        .isEqualTo(failed("bundle \"%s\": config.json does not exist".formatted(berth.bundle())));
  }

  @Test
  void a_terminal_that_is_nobodys() throws IOException {
    Outcome refused =
        failed("cannot allocate tty if berth will detach without setting console socket");
    assertThat(berth.berth("create", berth.id("a"))).isEqualTo(refused);
    assertThat(berth.berth("run", "--detach", berth.id("a"))).isEqualTo(refused);
    String id = berth.sleeping("b");
    assertThat(berth.berth("exec", "--detach", "--tty", id, "sh"))
        .isEqualTo(
            failed(255, "cannot allocate tty if berth will detach without setting console socket"));
    berth.remove(id);
  }

  @Test
  void a_console_socket_that_gets_nothing() throws IOException {
    String problem = "cannot use console socket if berth will not detach or allocate tty";
    assertThat(berth.berth("run", "--console-socket", "x", berth.id("a")))
        .isEqualTo(failed(problem));
    String id = berth.sleeping("b");
    assertThat(berth.berth("create", "--console-socket", "x", berth.id("a")))
        .isEqualTo(failed(problem));
    assertThat(berth.berth("exec", "--tty", "--console-socket", "x", id, "true"))
        .isEqualTo(failed(255, problem));
    assertThat(berth.berth("exec", "--detach", "--console-socket", "x", id, "true"))
        .isEqualTo(failed(255, problem));
    assertThat(berth.berth("exec", "-d", "-t", "--console-socket", "/no/x", id, "true"))
        .isEqualTo(
            failed(
                255,
                "container \"%s\": console socket \"/no/x\": connect: ENOENT (No such file or"
                        .formatted(id)
                    + " directory)"));
    berth.remove(id);
  }

  @Test
  void a_program_that_is_not_there() throws IOException {
    String problem =
        "container \"%s\": find program nosuch in /usr/local/sbin, /usr/local/bin, /usr/sbin,"
            + " /usr/bin, /sbin, /bin: ENOENT (No such file or directory);"
            + " executable file not found in $PATH";
    berth.command("nosuch");
    String id = berth.id("a");
    assertThat(berth.berth("run", id)).isEqualTo(failed(problem.formatted(id)));
    assertThat(berth.berth("create", id)).isEqualTo(failed(problem.formatted(id)));
    String other = berth.sleeping("b");
    assertThat(berth.berth("exec", other, "nosuch"))
        .isEqualTo(failed(255, problem.formatted(other)));
    berth.remove(other);
  }

  @Test
  void an_id_that_is_taken() throws IOException {
    String id = berth.sleeping("a");
    Outcome refused =
        failed("container \"%s\": a container with this id already exists".formatted(id));
    assertThat(berth.berth("run", id)).isEqualTo(refused);
    assertThat(berth.berth("create", id)).isEqualTo(refused);
    assertThat(berth.berth("state", id).out()).contains("\"status\": \"running\"");
    berth.remove(id);
  }

  @Test
  void a_start_of_what_runs_or_has_stopped() throws Exception {
    String id = berth.sleeping("a");
    assertThat(berth.berth("start", id).err())
        .matches(
            "container \"%s\": already running \\(pid \\d+\\); use exec for a further command\n"
                .formatted(id));
    berth.berth("kill", id, "KILL");
    berth.awaitStatus(id, "stopped");
    assertThat(berth.berth("start", id))
        .isEqualTo(
            failed(
                "container \"%s\": cannot start: it has stopped; delete it and create it anew"
                    .formatted(id)));
    berth.remove(id);
  }

  @Test
  void a_delete_of_what_runs() throws IOException {
    String id = berth.sleeping("a");
    Outcome refused = berth.berth("delete", id);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .matches(
            ("container \"%s\": cannot delete: it is running \\(pid \\d+\\); kill it first, or"
                    + " delete it with force\n")
                .formatted(id));
    berth.remove(id);
  }

  @Test
  void a_signal_to_or_exec_in_what_has_stopped() throws Exception {
    String id = berth.sleeping("a");
    berth.berth("kill", id, "KILL");
    berth.awaitStatus(id, "stopped");
    assertThat(berth.berth("kill", id))
        .isEqualTo(
            failed("container \"%s\": cannot send a signal: container not running".formatted(id)));
    assertThat(berth.berth("exec", id, "true"))
        .isEqualTo(
            failed(255, "container \"%s\": cannot exec: container not running".formatted(id)));
    berth.remove(id);
  }

  @Test
  void a_container_that_does_not_exist() {
    String id = berth.id("a");
    Outcome refused = failed("container \"%s\": does not exist".formatted(id));
    assertThat(berth.berth("state", id)).isEqualTo(refused);
    assertThat(berth.berth("start", id)).isEqualTo(refused);
    assertThat(berth.berth("kill", id)).isEqualTo(refused);
    assertThat(berth.berth("kill", "--all", id)).isEqualTo(refused);
    assertThat(berth.berth("delete", id)).isEqualTo(refused);
    assertThat(berth.berth("ps", id)).isEqualTo(refused);
    assertThat(berth.berth("exec", id, "true"))
        .isEqualTo(failed(255, "container \"%s\": does not exist".formatted(id)));
  }

  @Test
  void an_unknown_signal() throws IOException {
    String id = berth.sleeping("a");
    assertThat(berth.berth("kill", id, "FOO")).isEqualTo(failed("unknown signal \"FOO\""));
    assertThat(berth.berth("kill", id, "0")).isEqualTo(failed("unknown signal \"0\""));
    assertThat(berth.berth("kill", id, "65")).isEqualTo(failed("unknown signal \"65\""));
    berth.remove(id);
  }

  @Test
  void ids_that_are_none() throws IOException {
    berth.command("true");
    String allowed = "use letters, digits, '_', '+', '-', '.'";
    assertThat(berth.berth("run", "a/b"))
        .isEqualTo(failed("container id \"a/b\": '/' is not allowed; " + allowed));
    assertThat(berth.berth("run", ".."))
        .isEqualTo(
            failed("container id \"..\": the name of a directory of every directory; " + allowed));
    assertThat(berth.berth("run", "")).isEqualTo(failed("container id \"\": empty; " + allowed));
    assertThat(berth.berth("run", "a".repeat(5000)))
        .isEqualTo(
            failed("container id \"%s…\": 5000 characters; 255 at most".formatted("a".repeat(20))));
    assertThat(berth.berth("delete", "--force", "../x"))
        .isEqualTo(failed("container id \"../x\": '/' is not allowed; " + allowed));
  }

  @Test
  void a_user_that_is_no_number() throws IOException {
    String id = berth.sleeping("a");
    assertThat(berth.berth("exec", "--user", "root", id, "id"))
        .isEqualTo(failed(255, "user \"root\": \"root\" is not a decimal id"));
    berth.remove(id);
  }

  @Test
  void engines_find_the_error_in_the_log() throws IOException {
    Path log = berth.file("log.json");
    String id = berth.id("a");
    berth.berth("--log", log.toString(), "--log-format", "json", "kill", id, "9");
    assertThat(Files.readAllLines(log))
        .singleElement()
        .asString()
        .matches(
            "\\{\"level\":\"error\",\"msg\":\"container \\\\\"%s\\\\\": does not exist\",\"time\":\"[^\"]+\"}"
                .formatted(id));
  }
}
