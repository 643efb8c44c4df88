package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code berth exec} as engines and people call it. */
class ExecIT {
  private static final int AT_ONCE = 50;

  @RegisterExtension final Installation berth = new Installation();

  private String id;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(
        berth.rootfs().resolve("etc/passwd"),
        "1:x:0:0:root:/root:/bin/sh\n1000:x:0:0::/:/bin/sh\n");
    id = berth.sleeping("a");
  }

  @AfterEach
  void remove() {
    berth.remove(id);
  }

  private Outcome exec(String... args) {
    List<String> all = new ArrayList<>(List.of("exec"));
    all.addAll(List.of(args));
    return berth.berth(all.toArray(String[]::new));
  }

  // CVE-2016-3697, CVE-2026-30892: names of the image, and lenient parsers, have made these root.
  @Test
  void t01_t29_a_user_is_the_number_that_stands_there() {
    Map<String, String> users =
        Map.of(
            "1", "uid=1 gid=0",
            "1:2", "uid=1 gid=2",
            "1000:1000", "uid=1000 gid=1000",
            "4294967294:4294967294", "uid=4294967294 gid=4294967294");
    users.forEach((user, expected) -> {
      Outcome outcome = exec("--user", user, id, "id");
      assertThat(outcome.status()).as(outcome.err()).isZero();
      assertThat(outcome.out().replaceAll("\\([^)]*\\)", "")).startsWith(expected);
    });
  }

  @Test
  void t29_what_is_no_number_of_a_user_is_refused() {
    for (String user : List.of("1:", ":2", "01", "-1", "1 ", "4294967295", "4294967296", "a", "")) {
      Outcome outcome = exec("--user=" + user, id, "id");
      assertThat(outcome.status()).isEqualTo(255);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).startsWith("user \"%s\": ".formatted(user));
    }
  }

  @Test
  void t31_a_cgroup_outside_the_containers_is_refused() {
    for (String cgroup : List.of("..", "/..", "sub/../..", "cpu,memory:/../x")) {
      Outcome outcome = exec("--cgroup", cgroup, id, "true");
      assertThat(outcome.status()).isEqualTo(255);
      assertThat(outcome.err())
          .endsWith("'..' is not allowed; name a cgroup inside the container's\n");
    }
  }

  @Test
  void a_cgroup_without_a_controller_before_the_colon_is_refused() {
    assertThat(exec("--cgroup", ":sub", id, "true"))
        .isEqualTo(
            new Outcome(
                255, "", "cgroup \"sub\": no controller before it; name one, such as cpu\n"));
  }

  @Test
  void two_cgroups_for_the_same_controller_are_refused() {
    assertThat(exec("--cgroup", "cpu:a", "--cgroup", "memory,cpu:b", id, "true"))
        .isEqualTo(new Outcome(255, "", "cgroup \"b\": controller cpu has one already\n"));
    assertThat(exec("--cgroup", "a", "--cgroup", "cpu:b", id, "true").err())
        .isEqualTo(
            "cgroup \"b\": there is already one for all controllers, or for one of them; give one"
                + " path, or one for each controller\n");
  }

  @Test
  void the_program_can_be_described_on_standard_input() {
    String json =
        "{\"args\": [\"sh\", \"-c\", \"id -u; pwd\"], \"cwd\": \"/tmp\", \"user\": {\"uid\": 7}}";
    assertThat(berth.shell("printf %s '" + json + "' | \"$@\"", "exec", "--process", "-", id))
        .isEqualTo(new Outcome(0, "7\n/tmp\n", ""));
  }

  @Test
  void nobody_that_listens_for_the_pidfd_is_an_error() {
    Path socket = berth.file("nobody");
    assertThat(exec("--pidfd-socket", socket.toString(), id, "true"))
        .isEqualTo(
            new Outcome(
                255,
                "",
                "container \"%s\": pidfd socket \"%s\": connect: ENOENT (No such file or directory)\n"
                    .formatted(id, socket)));
  }

  @Test
  void fifty_calls_at_once_do_not_get_in_each_others_way() throws Exception {
    List<Process> calls = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      calls.add(
          berth.start(
              berth.file("out" + i), berth.file("err" + i), "exec", id, "echo", "number " + i));
    }
    for (int i = 0; i < AT_ONCE; i++) {
      assertThat(calls.get(i).waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(berth.file("err" + i)).isEmptyFile();
      assertThat(berth.file("out" + i)).hasContent("number %d\n".formatted(i));
    }
  }
}
