package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerRuntime;
import dev.berth.Result;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A program decides how much it writes, and may not decide how much memory that takes here. */
@RunsContainers
@Timeout(60)
class OutputLimitIT {
  private static final long WRITTEN = 200L << 20;
  private static final String CHATTY =
      "head -c %d /dev/zero & head -c %1$d /dev/zero >&2; wait; exit 3".formatted(WRITTEN);

  @RegisterExtension static final Containers containers = new Containers();

  /** A JVM that has less memory than the program writes. */
  private static final class SmallJvm {
    static void main(String[] args) throws InterruptedException {
      ContainerRuntime runtime = ContainerRuntime.builder().root(Path.of(args[0])).build();
      try (Container container =
          runtime
              .container(args[1])
              .rootfs(Path.of(args[2]))
              .command("sleep", "infinity")
              .start()) {
        report(container.exec("sh", "-c", CHATTY).run(Duration.ofSeconds(40)));
      }
      report(
          runtime
              .container(args[1])
              .rootfs(Path.of(args[2]))
              .command("sh", "-c", CHATTY)
              .run(Duration.ofSeconds(40)));
    }

    private static void report(Result result) {
      System.out.printf(
          "%d: %d+%d, %d+%d%n",
          result.exitValue(),
          result.output().length(),
          result.outputDropped(),
          result.error().length(),
          result.errorDropped());
    }
  }

  @Test
  void what_does_not_fit_into_a_small_jvm_need_not() throws Exception {
    List<String> arguments =
        List.of(
            containers.directory().resolve("small").toString(),
            Containers.newId(),
            containers.root().toString());
    Process jvm =
        ChildJvm.start(
            ChildJvm.command(List.of("-Xmx64m", "-XX:+UseSerialGC"), SmallJvm.class, arguments));
    String stream = "1048576+" + (WRITTEN - (1 << 20));
    String line = "3: %s, %1$s\n".formatted(stream);
    assertThat(ChildJvm.output(jvm, 50)).isEqualTo(line + line);
  }

  @Test
  void the_limit_is_the_callers() throws Exception {
    Result result =
        containers
            .shell("echo 123456789; echo 12345 >&2")
            .outputLimit(6)
            .run(Duration.ofSeconds(20));
    assertThat(result.output()).isEqualTo("123456");
    assertThat(result.outputDropped()).isEqualTo(4);
    assertThat(result.error()).isEqualTo("12345\n");
    assertThat(result.errorDropped()).isZero();
  }

  @Test
  void a_limit_below_zero_is_refused() {
    assertThatThrownBy(() -> containers.container("true").outputLimit(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output limit: must be at least 0, is -1");
  }
}
