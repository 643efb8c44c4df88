package dev.berth.linux.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each test asks a JVM of its own, since a JVM is given native access when it starts. */
class NativeAccessTest {

  private static final String SENTENCE =
      "native access is not enabled for Berth; start java with --enable-native-access=ALL-UNNAMED";

  /** Makes two calls, since the second must not end in a {@code NoClassDefFoundError}. */
  static final class TwoCalls {
    public static void main(String[] arguments) {
      for (int i = 0; i < 2; i++) {
        try {
          Host.getuid();
          System.out.println("called");
        } catch (IllegalCallerException denied) {
          System.out.println(denied.getMessage());
        }
      }
    }
  }

  @Test
  void where_it_is_denied_every_call_names_the_missing_flag() throws Exception {
    assertThat(output("--illegal-native-access=deny")).containsExactly(SENTENCE, SENTENCE);
  }

  @Test
  void where_it_is_only_warned_of_the_missing_flag_is_named_once() throws Exception {
    assertThat(output("--illegal-native-access=warn"))
        .containsOnlyOnce("WARNING: " + SENTENCE)
        .endsWith("called", "called");
  }

  @Test
  void where_it_is_allowed_nothing_is_said() throws Exception {
    assertThat(output("--enable-native-access=ALL-UNNAMED")).containsExactly("called", "called");
  }

  @Test
  void a_named_module_is_named() {
    assertThat(NativeAccess.missingFlag(String.class.getModule()))
        .isEqualTo(
            "native access is not enabled for Berth; start java with"
                + " --enable-native-access=java.base");
  }

  private static Stream<String> output(String option) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(option);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TwoCalls.class.getName());
    Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(java.getInputStream().readAllBytes(), UTF_8).lines();
  }
}
