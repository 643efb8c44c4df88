package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Consumer;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A program of a user's, with the jars on the class path or the module path. */
@RunsContainers
class NativeAccessIT {
  private static final String PROGRAM =
      """
      package consumer;

      import dev.berth.ContainerRuntime;
      import java.nio.file.Path;

      public class Main {
        public static void main(String[] args) throws Exception {
          for (int i = 0; i < 2; i++) {
            try {
              ContainerRuntime runtime =
                  ContainerRuntime.builder().root(Path.of(args[0])).build();
              System.out.print(
                  runtime.container(args[2]).rootfs(Path.of(args[1])).command("echo", "hello")
                      .run().orThrow().output());
            } catch (IllegalCallerException e) {
              System.out.println(e.getMessage());
            }
          }
        }
      }
      """;

  private static final String MODULE =
      """
      module consumer {
        requires dev.berth;
      }
      """;

  private static final String SENTENCE =
      "native access is not enabled for Berth; start java with --enable-native-access=";

  @RegisterExtension final Workspace workspace = new Workspace();

  /** How the program finds the jars. */
  enum Placement {
    CLASS_PATH("--class-path", "ALL-UNNAMED"),
    MODULE_PATH("--module-path", "dev.berth.linux");

    private final String option;
    private final String enabled;

    Placement(String option, String enabled) {
      this.option = option;
      this.enabled = enabled;
    }
  }

  @BeforeEach
  void compile() throws IOException {
    Path main = Files.createDirectories(workspace.file("src/consumer")).resolve("Main.java");
    Path module = workspace.file("src/module-info.java");
    Files.writeString(main, PROGRAM);
    Files.writeString(module, MODULE);
    Consumer.compile(workspace.file("CLASS_PATH"), "--class-path", List.of(main));
    Consumer.compile(workspace.file("MODULE_PATH"), "--module-path", List.of(main, module));
  }

  private record Outcome(String out, String err) {}

  private Outcome run(Placement placement, String... flags) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ChildJvm.java().toString());
    command.addAll(List.of(flags));
    command.add(placement.option);
    command.add(workspace.file(placement.name()) + ":" + Consumer.jars());
    command.addAll(
        switch (placement) {
          case CLASS_PATH -> List.of("consumer.Main");
          case MODULE_PATH -> List.of("--module", "consumer/consumer.Main");
        });
    command.addAll(
        List.of(workspace.root().toString(), workspace.rootfs().toString(), workspace.id("a")));
    Path err = workspace.file("stderr");
    Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(() -> out + read(err)).isZero();
    return new Outcome(out, read(err));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void runs_where_native_access_is_enabled(Placement placement) throws Exception {
    assertThat(run(placement, "--enable-native-access=" + placement.enabled))
        .isEqualTo(new Outcome("hello\nhello\n", ""));
  }

  @ParameterizedTest
  @EnumSource
  void says_in_one_sentence_at_each_use_what_to_enable(Placement placement) throws Exception {
    String sentence = SENTENCE + placement.enabled + "\n";
    assertThat(run(placement, "--illegal-native-access=deny"))
        .isEqualTo(new Outcome(sentence + sentence, ""));
  }

  @ParameterizedTest
  @EnumSource
  void warns_once_where_the_jvm_only_warns(Placement placement) throws Exception {
    Outcome outcome = run(placement);
    assertThat(outcome.out()).isEqualTo("hello\nhello\n");
    assertThat(outcome.err()).containsOnlyOnce(SENTENCE + placement.enabled);
  }
}
