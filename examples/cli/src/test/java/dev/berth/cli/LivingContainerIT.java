package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is changed about a container while it runs. */
class LivingContainerIT {
  private static final Outcome DONE = new Outcome(0, "", "");

  @RegisterExtension final Installation berth = new Installation();

  private static Outcome failed(int status, String message) {
    return new Outcome(status, "", message + "\n");
  }

  @Test
  void pauses_and_resumes() throws Exception {
    String id = berth.sleeping("a");
    assertThat(berth.berth("resume", id))
        .isEqualTo(
            failed(
                1,
                "container \"%s\": cannot resume: container not paused; it is running"
                    .formatted(id)));
    assertThat(berth.berth("pause", id)).isEqualTo(DONE);
    assertThat(berth.berth("state", id).out()).contains("\"status\": \"paused\"");
    assertThat(berth.berth("list").out()).containsPattern("(?m)^%s +\\d+ +paused ".formatted(id));
    assertThat(berth.berth("exec", id, "true"))
        .isEqualTo(
            failed(
                255,
                "container \"%s\": cannot exec in a paused container; resume it first, or wait for"
                        .formatted(id)
                    + " that (--ignore-paused)"));
    assertThat(berth.berth("pause", id))
        .isEqualTo(
            failed(
                1,
                "container \"%s\": cannot pause: container not running; it is paused already"
                    .formatted(id)));
    assertThat(berth.berth("resume", id)).isEqualTo(DONE);
    assertThat(berth.berth("exec", id, "echo", "resumed").out()).isEqualTo("resumed\n");
    assertThat(berth.berth("pause", id)).isEqualTo(DONE);
    assertThat(berth.berth("kill", id, "9")).isEqualTo(DONE);
    berth.awaitStatus(id, "stopped");
    assertThat(berth.berth("delete", id)).isEqualTo(DONE);
    assertThat(berth.berth("pause", id))
        .isEqualTo(failed(1, "container \"%s\": does not exist".formatted(id)));
  }

  @Test
  void changes_limits_by_options_and_by_a_file() throws Exception {
    String id = berth.sleeping("a");
    assertThat(
            berth.berth(
                "update", "--memory", "64m", "--memory-swap=128m", "--pids-limit", "20", id))
        .isEqualTo(DONE);
    assertThat(berth.berth("update", "--memory", "96MiB", "--cpu-share", "512", id))
        .isEqualTo(DONE);
    assertThat(resources(id))
        .contains("\"limit\":100663296", "\"swap\":134217728", "\"shares\":512")
        .contains("\"pids\":{\"limit\":20}");

    Path file = Files.writeString(berth.file("resources"), "{\"pids\": {\"limit\": 30}}");
    assertThat(berth.berth("update", "--resources=" + file, "--cpu-share", "2", id))
        .isEqualTo(DONE);
    String standardInput = "echo '{\"cpu\": {\"quota\": 20000}}' | exec \"$@\"";
    assertThat(berth.shell(standardInput, "update", "--resources", "-", id)).isEqualTo(DONE);
    assertThat(resources(id))
        .contains("\"shares\":512", "\"quota\":20000", "\"pids\":{\"limit\":30}");
    assertThat(berth.berth("update", "--pids-limit", "-1", id)).isEqualTo(DONE);
    assertThat(resources(id)).contains("\"pids\":{\"limit\":-1}");
    assertThat(berth.berth("update", id)).isEqualTo(DONE);
    berth.remove(id);
    assertThat(berth.berth("update", "--pids-limit", "3", id))
        .isEqualTo(failed(1, "container \"%s\": does not exist".formatted(id)));
  }

  /** What is kept of the container's limits. */
  private String resources(String id) throws IOException {
    String config = Files.readString(berth.root().resolve(id).resolve("config.json"));
    return config.replaceAll("\\s", "");
  }

  @Test
  void warns_of_what_has_no_effect_and_later_no_more() throws Exception {
    String id = berth.sleeping("a");
    assertThat(berth.berth("update", "--kernel-memory", "1m", id))
        .isEqualTo(
            new Outcome(
                0,
                "",
                ("warning: container \"%s\": linux.resources.memory.kernel: the kernel has no such"
                        + " limit any more; left out\n")
                    .formatted(id)));
    assertThat(berth.berth("update", "--pids-limit", "20", id)).isEqualTo(DONE);
    berth.remove(id);
  }

  @Test
  void says_what_is_wrong_with_limits_and_leaves_them() throws Exception {
    String id = berth.sleeping("a");
    String before = resources(id);
    assertThat(berth.berth("update", "--memory", "20x", id))
        .isEqualTo(
            failed(
                1,
                "update: invalid value for option '--memory': '20x' is neither a size such as 512m nor"
                    + " -1; see berth update --help"));
    assertThat(berth.berth("update", "--blkio-weight", "much", id))
        .isEqualTo(
            failed(
                1,
                "update: invalid value for option '--blkio-weight': 'much' is not a whole number"
                    + " within -2147483648 to 2147483647; see berth update --help"));
    assertThat(berth.berth("update", "--blkio-weight", "9", id))
        .isEqualTo(failed(1, "update: linux.resources.blockIO.weight: 9 is not within 10 to 1000"));
    assertThat(berth.berth("update", "--cpu-share", "-5", id))
        .isEqualTo(failed(1, "--cpu-share: -5 is negative"));
    assertThat(berth.berth("update", "--memory-swap", "64m", id))
        .isEqualTo(failed(1, "update: linux.resources.memory.swap: 67108864 needs a memory.limit"));
    assertThat(berth.berth("update", "-r", "/no/file", id))
        .isEqualTo(failed(1, "resources file \"/no/file\": ENOENT (No such file or directory)"));
    Path file = Files.writeString(berth.file("resources"), "{\"memory\": {\"limit\": \"64m\"}}");
    assertThat(berth.berth("update", "-r", file.toString(), id).err())
        .startsWith("resources file \"%s\": memory.limit: ".formatted(file));
    assertThat(berth.berth("update", "--l3-cache-schema", "L3:0=f", "--pids-limit", "5", id))
        .isEqualTo(
            failed(
                1,
                "container \"%s\": linux.intelRdt: the container is in no group that could have"
                        .formatted(id)
                    + " schemata; create it with some; all limits are as they were"));
    assertThat(resources(id)).isEqualTo(before);
    berth.remove(id);
  }
}
