package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stub by itself: its own tests in C, its fuzzer, and what it is as a file. */
class StubIT {
  private static final Path TESTS = Path.of("src/test/c").toAbsolutePath();
  private static final Path NATIVE = Path.of("target/classes/META-INF/native/linux");
  private static final int SKIPPED = 77;
  private static final int SIZE_MAX = 40 * 1024;

  private static final Map<String, Integer> MACHINES =
      Map.of("amd64", 62, "aarch64", 183, "riscv64", 243);
  private static final int ET_EXEC = 2;
  private static final int PT_INTERP = 3;

  @TempDir Path directory;

  @Test
  void passes_its_own_tests() throws Exception {
    assertThat(run("test-stub")).containsPattern("\\d+ passed, 0 failed");
  }

  /** For longer: {@code -Dberth.fuzz.seconds=3600}. */
  @Test
  void t12_the_stub_survives_programs_that_nobody_would_write() throws Exception {
    assertThat(run("fuzz-stub", System.getProperty("berth.fuzz.seconds", "20")))
        .contains("stat::number_of_executed_units");
  }

  private String run(String script, String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(TESTS.resolve(script).toString());
    builder.command().addAll(List.of(arguments));
    Process process = builder.directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status == SKIPPED) {
      System.err.println("skipped: " + output.strip());
      Assumptions.abort(output);
    }
    assertThat(status).as(output).isZero();
    return output;
  }

  static Stream<String> architectures() {
    return MACHINES.keySet().stream()
        .filter(architecture -> Files.exists(NATIVE.resolve(architecture)));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void is_a_small_static_executable(String architecture) throws IOException {
    byte[] bytes = Files.readAllBytes(NATIVE.resolve(architecture).resolve("stub"));
    ByteBuffer elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes).hasSizeLessThan(SIZE_MAX).startsWith(0x7f, 'E', 'L', 'F');
    assertThat(elf.getShort(16)).as("e_type").isEqualTo((short) ET_EXEC);
    assertThat(elf.getShort(18)).as("e_machine").isEqualTo(MACHINES.get(architecture).shortValue());
    int headers = (int) elf.getLong(32);
    for (int i = 0; i < elf.getShort(56); i++) {
      assertThat(elf.getInt(headers + i * elf.getShort(54))).as("p_type").isNotEqualTo(PT_INTERP);
    }
  }

  @Test
  void is_there_for_this_machine() {
    assertThat(NATIVE.resolve(System.getProperty("os.arch")).resolve("stub")).exists();
  }
}
