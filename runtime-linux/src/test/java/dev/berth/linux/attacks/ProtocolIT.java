package dev.berth.linux.attacks;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values that are long, or many: what reaches the kernel is what was configured, or nothing. That
 * the stub takes nothing else is for {@code StubIT} and its fuzzer to show.
 */
@RunsContainers
class ProtocolIT {
  private static final int MANY = 10_000;

  @RegisterExtension static final Containers containers = new Containers();

  // CVE-2021-43784: a length of 16 bits, beyond which the rest of a text was another message.
  @ParameterizedTest
  @ValueSource(ints = {255, 256, 4095, 4096, 65_534, 65_535, 65_536, 65_537, 131_000})
  void t12_a_long_text_arrives_whole(int length) throws Exception {
    String text = "\u00e9".repeat(length / 2) + "x".repeat(length % 2);
    ContainerBuilder builder =
        containers
            .container(
                "sh",
                "-c",
                "printf %s \"$LONG\" | wc -c; [ \"$LONG\" = \"$1\" ] && echo same",
                "sh",
                text)
            .environment("LONG", text);
    assertThat(output(builder).lines()).containsExactly(Integer.toString(length), "same");
  }

  @Test
  void t12_many_variables_and_groups_arrive_all() throws Exception {
    List<String> environment =
        IntStream.range(0, MANY).mapToObj(i -> "V%d=%d".formatted(i, i)).toList();
    ContainerBuilder builder =
        containers
            .container("/bin/sh", "-c", "env | grep -c ^V; echo $V0 $V9999")
            .edit(spec -> spec.withProcess(spec.process().withEnv(environment)));
    assertThat(output(builder)).isEqualTo("10000\n0 9999");
  }

  @Test
  void t12_more_steps_than_there_can_be_are_refused() {
    Mount mount = new Mount("/tmp", "tmpfs", "tmpfs", List.of("mode=755"));
    ContainerBuilder builder =
        containers
            .container("true")
            .edit(spec -> spec.withMounts(Collections.nCopies(MANY, mount)));
    assertThat(refusal(builder)).matches("container \"ID\": step 4096, \\w+: more than 4096 steps");
  }

  @Test
  void t12_a_program_that_is_longer_than_it_can_be_is_refused() {
    String argument = "x".repeat(100_000);
    List<String> arguments = new ArrayList<>(List.of("true"));
    arguments.addAll(Collections.nCopies(100, argument));
    assertThat(refusal(containers.container(arguments.toArray(String[]::new))))
        .matches("container \"ID\": step \\d+, Exec: longer than the 8388608 bytes of a program");
  }

  @Test
  void t12_more_arguments_than_the_kernel_takes_are_refused() {
    assertThat(refusal(containers.container("true", "x".repeat(200_000))))
        .isEqualTo(
            "container \"ID\": execve(/bin/true): E2BIG (Argument list too long); the arguments and"
                + " the environment are too long");
  }

  @Test
  void t12_more_mappings_than_the_kernel_takes_are_refused() {
    List<IdMapping> mappings =
        IntStream.range(0, MANY).mapToObj(i -> new IdMapping(i, 100_000 + i, 1)).toList();
    assertThat(
            refusal(
                Privilege.USER_NAMESPACE
                    .given(containers.container("true"))
                    .edit(spec -> spec.withLinux(spec.linux().withMappings(mappings, mappings)))))
        .isEqualTo(
            "config.json: 2 problems\n"
                + "    linux.uidMappings: 10000 ranges are more than the 340 that Linux takes\n"
                + "    linux.gidMappings: 10000 ranges are more than the 340 that Linux takes");
  }

  @Test
  void t12_a_text_that_would_end_early_or_change_is_refused() {
    assertThat(refusal(containers.container("echo", "a\0b", "a\ud800b").environment("A", "\0")))
        .isEqualTo(
            "config.json: 3 problems\n"
                + "    process.args[1]: contains a NUL character\n"
                + "    process.args[2]: contains half of a surrogate pair, which is no character\n"
                + "    process.env[2]: contains a NUL character");
  }
}
