package dev.berth.linux.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.core.spec.SpecReader;
import dev.berth.spec.ProcessSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProcessLimitsTest {
  private Process child;

  @BeforeEach
  void start() throws IOException {
    child = new ProcessBuilder("sleep", "1000").start();
  }

  @AfterEach
  void end() throws InterruptedException {
    child.destroyForcibly().waitFor();
  }

  @Test
  void are_set_from_outside() throws IOException {
    ProcessLimits.set(
        (int) child.pid(),
        process(
            """
            "oomScoreAdj": 900,
            "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 50, "hard": 60},
                        {"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]
            """));

    assertThat(file("oom_score_adj")).isEqualTo("900\n");
    assertThat(file("limits"))
        .containsPattern("Max open files +50 +60 ")
        .containsPattern("Max core file size +0 +0 ");
  }

  @Test
  void names_the_one_that_the_kernel_refuses() throws IOException {
    ProcessSpec process =
        process("\"rlimits\": [{\"type\": \"RLIMIT_CORE\", \"soft\": 2, \"hard\": 1}]");

    assertThatThrownBy(() -> ProcessLimits.set((int) child.pid(), process))
        .isInstanceOf(IOException.class)
        .hasMessage("set RLIMIT_CORE: prlimit64(%s, 4): EINVAL (Invalid argument)", child.pid());
  }

  private String file(String name) throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(child.pid()), name));
  }

  private static ProcessSpec process(String properties) {
    String json = "{\"cwd\": \"/\", \"args\": [\"true\"], %s}".formatted(properties);
    return SpecReader.read(json.getBytes(StandardCharsets.UTF_8), ProcessSpec.class)
        .orThrow(AssertionError::new);
  }
}
