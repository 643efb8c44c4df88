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
import dev.berth.spec.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
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
  void t12_steps_arrive_all_however_many_they_are() throws Exception {
    List<Mount> mounts = new ArrayList<>();
    mounts.add(new Mount("/tmp", "tmpfs", "tmpfs", List.of("mode=755")));
    for (int i = 0; i < MANY; i++) {
      mounts.add(new Mount("/tmp/" + i, "tmpfs", "tmpfs", List.of("mode=755", "size=4k")));
    }
    ContainerBuilder builder =
        containers
            .shell("grep -c ' / /tmp/' /proc/self/mountinfo")
            .edit(spec -> spec.withMounts(concat(spec.mounts(), mounts)));
    assertThat(builder.run(Duration.ofMinutes(2)).orThrow().output()).isEqualTo("10000\n");
  }

  private static List<Mount> concat(List<Mount> some, List<Mount> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  @Test
  void t12_a_plan_that_is_longer_than_it_can_be_is_refused() {
    String sysctl = "x".repeat(1 << 20);
    Map<String, String> sysctls = new TreeMap<>();
    for (int i = 0; i < 65; i++) {
      sysctls.put("net.x" + i, sysctl);
    }
    assertThat(
            refusal(
                containers
                    .container("true")
                    .edit(spec -> spec.withLinux(spec.linux().withSysctl(sysctls)))))
        .matches(
            "container \"ID\": step \\d+, SetSysctl: the plan is longer than the 64 MiB that one can"
                + " have");
  }

  @Test
  void t12_more_text_than_the_kernel_takes_is_refused() {
    String argument = "x".repeat(100_000);
    List<String> arguments = new ArrayList<>(List.of("true"));
    arguments.addAll(Collections.nCopies(63, argument));
    assertThat(refusal(containers.container(arguments.toArray(String[]::new))))
        .matches(
            "config\\.json: process\\.args: 63\\d{5} bytes with process\\.env are more than the 6291456"
                + " that Linux takes");
  }

  @Test
  void t12_more_groups_than_the_kernel_takes_are_refused() {
    List<Long> groups = LongStream.range(0, 65_537).boxed().toList();
    assertThat(
            refusal(
                containers
                    .container("true")
                    .edit(spec ->
                        spec.withProcess(spec.process().withUser(new User(0, 0, null, groups))))))
        .isEqualTo(
            "config.json: process.user.additionalGids: 65537 groups are more than the 65536 that"
                + " Linux takes");
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
