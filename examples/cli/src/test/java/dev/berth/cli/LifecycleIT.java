package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LifecycleIT {
  private static final Outcome DONE = new Outcome(0, "", "");

  @RegisterExtension final Installation berth = new Installation();

  private static Outcome failed(int status, String message) {
    return new Outcome(status, "", message + "\n");
  }

  @Test
  void runs_a_program_to_its_end() throws IOException {
    berth.command("sh", "-c", "echo out; echo err >&2; exit 7");
    assertThat(berth.berth("run", berth.id("a"))).isEqualTo(new Outcome(7, "out\n", "err\n"));
  }

  @Test
  void a_program_that_a_signal_ended_gives_128_and_the_signal() throws IOException {
    berth.command("sh", "-c", "sh -c 'kill -9 $$'; exit $?");
    assertThat(berth.berth("run", berth.id("a")).status()).isEqualTo(137);
  }

  @Test
  void keeps_the_container_if_asked() throws IOException {
    berth.command("true");
    assertThat(berth.berth("run", "--keep", berth.id("a"))).isEqualTo(DONE);
    assertThat(berth.berth("state", berth.id("a")).out()).contains("\"status\": \"stopped\"");
    assertThat(berth.berth("delete", berth.id("a"))).isEqualTo(DONE);
  }

  @Test
  void lists_executes_kills_and_deletes_what_runs_detached() throws Exception {
    String a = berth.sleeping("a");
    String b = berth.sleeping("b");
    assertThat(berth.berth("list", "-q").out()).isEqualTo(a + "\n" + b + "\n");
    assertThat(berth.berth("list").out())
        .matches(
            "ID +PID +STATUS +BUNDLE +CREATED +OWNER\n"
                + "%s +\\d+ +running +\\S+ +\\S+Z +root\n%s +\\d+ +running .*\n".formatted(a, b));
    assertThat(berth.berth("list", "--format", "json").out())
        .matches("\\[\\{\"ociVersion\":.*\"id\":\"%s\".*},\\{.*}]\n".formatted(a));
    assertThat(berth.root().resolve(a).resolve("state.json")).isRegularFile();

    assertThat(berth.berth("exec", a, "ps").out())
        .isEqualTo(
            """
            PID   USER     COMMAND
                1 0        sleep 1000
                2 0        ps
            """);

    assertThat(berth.berth("kill", a, "KILL")).isEqualTo(DONE);
    berth.awaitStatus(a, "stopped");
    assertThat(berth.berth("delete", a)).isEqualTo(DONE);
    assertThat(berth.berth("list", "-q").out()).isEqualTo(b + "\n");
    berth.remove(b);
    assertThat(berth.berth("list", "-f", "json").out()).isEqualTo("null\n");
  }

  @Test
  void a_created_container_waits_for_its_start() throws Exception {
    String id = berth.id("a");
    berth.command("sleep", "1000");
    Path pidFile = berth.file("pid");
    assertThat(berth.berth("create", "--pid-file", pidFile.toString(), id)).isEqualTo(DONE);
    String pid = Files.readString(pidFile);
    assertThat(berth.berth("state", id).out())
        .matches(
            """
            \\{
              "ociVersion": "1.3.0",
              "id": "%s",
              "pid": %s,
              "status": "created",
              "bundle": "%s",
              "rootfs": "%s",
              "created": "[-0-9]+T[:0-9.]+Z",
              "owner": "root"
            }
            """
                .formatted(id, pid, berth.bundle(), berth.rootfs()));
    assertThat(berth.berth("ps", id, "-o", "pid,comm").out())
        .matches(" *PID COMMAND\n *%s berth:created\n".formatted(pid));
    assertThat(berth.berth("start", id)).isEqualTo(DONE);
    assertThat(berth.berth("state", id).out()).contains("\"status\": \"running\"");
    assertThat(berth.berth("ps", "-f", "json", id).out()).isEqualTo("[" + pid + "]\n");
    berth.remove(id);
  }

  @Test
  void an_exec_has_its_own_user_environment_directory_and_status() throws IOException {
    String id = berth.sleeping("a");
    assertThat(berth.berth("exec", "-u", "1:2", "-g", "5", "-g", "6", id, "id").out())
        .isEqualTo("uid=1 gid=2 groups=5,6\n");
    assertThat(berth.berth("exec", "--cwd", "/tmp", "-e", "A=1", id, "sh", "-c", "pwd; echo $A"))
        .isEqualTo(new Outcome(0, "/tmp\n1\n", ""));
    assertThat(berth.berth("exec", id, "sh", "-c", "exit 9").status()).isEqualTo(9);
    assertThat(berth.berth("exec", id, "sh", "-c", "kill -TERM $$").status()).isEqualTo(143);
    berth.remove(id);
  }

  @Test
  void a_detached_exec_goes_on() throws Exception {
    String id = berth.sleeping("a");
    Path pidFile = berth.file("pid");
    assertThat(berth.berth("exec", "-d", "--pid-file", pidFile.toString(), id, "sleep", "1001"))
        .isEqualTo(DONE);
    assertThat(berth.berth("ps", id, "-o", "pid,args").out())
        .containsPattern("(?m)^ *%s sleep 1001$".formatted(Files.readString(pidFile)));
    berth.remove(id);
  }

  @Test
  void hands_signals_on_to_the_program_in_the_foreground() throws Exception {
    berth.command("sh", "-c", "trap 'echo got; exit 7' TERM; echo up; while :; do sleep 1; done");
    Path out = berth.file("stdout");
    Process process = berth.start(out, berth.file("stderr"), "run", berth.id("a"));
    Installation.awaitContent(out, "up\n");
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(7);
    assertThat(out).hasContent("up\ngot\n");
  }

  @Test
  void a_signal_for_all_reaches_each_process_and_may_find_none() throws Exception {
    String id = berth.sleeping("a");
    assertThat(berth.berth("exec", "-d", id, "sleep", "1001")).isEqualTo(DONE);
    assertThat(berth.berth("kill", "--all", id, "9")).isEqualTo(DONE);
    berth.awaitStatus(id, "stopped");
    assertThat(berth.berth("kill", "--all", id, "9")).isEqualTo(DONE);
    assertThat(berth.berth("ps", "-f", "json", id).out()).isEqualTo("null\n");
    assertThat(berth.berth("delete", id)).isEqualTo(DONE);
  }

  @Test
  void says_nothing_of_a_container_that_is_to_be_gone_and_is() {
    assertThat(berth.berth("delete", "--force", berth.id("a"))).isEqualTo(DONE);
  }

  @Test
  void deletes_what_a_killed_runtime_left() throws IOException {
    String id = berth.id("a");
    Files.createDirectories(berth.root().resolve(id));
    assertThat(berth.berth("list", "-q").out()).isEqualTo(id + "\n");
    assertThat(berth.berth("state", id).out()).contains("\"status\": \"stopped\"");
    assertThat(berth.berth("delete", "--force", id)).isEqualTo(DONE);
    assertThat(berth.root().resolve(id)).doesNotExist();
  }

  @Test
  void leaves_no_container_without_its_pid_file() throws IOException {
    berth.command("sleep", "1000");
    Path missing = berth.file("missing/pid");
    Outcome refused =
        failed(1, "pid file \"%s\": ENOENT (No such file or directory)".formatted(missing));
    assertThat(berth.berth("create", "--pid-file", missing.toString(), berth.id("a")))
        .isEqualTo(refused);
    assertThat(berth.berth("run", "--pid-file", missing.toString(), berth.id("b")))
        .isEqualTo(refused);
    assertThat(berth.berth("run", "-d", "--pid-file", missing.toString(), berth.id("c")))
        .isEqualTo(refused);
    assertThat(berth.berth("list", "-q")).isEqualTo(DONE);
  }

  @Test
  void says_what_would_happen() throws IOException {
    berth.command("echo", "hello");
    Outcome plan = berth.berth("plan");
    assertThat(plan.status()).isZero();
    assertThat(plan.out()).endsWith(" execute echo hello with 3 environment variables\n");
    assertThat(plan.err()).isEmpty();
  }
}
