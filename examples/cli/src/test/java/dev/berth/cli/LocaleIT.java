package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.Mount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A JVM whose locale writes numbers in other digits than the kernel reads. */
@Timeout(120)
class LocaleIT {
  private static final String ARABIC =
      "export LC_ALL=C JDK_JAVA_OPTIONS='-Duser.language=ar -Duser.country=EG -Dfile.encoding=COMPAT'; exec \"$@\"";

  @RegisterExtension final Installation berth = new Installation();

  @Test
  void makes_the_same_container() throws IOException {
    berth.command("sh", "-c", "echo pid $$; grep ^Uid: /proc/self/status");
    berth.change(spec ->
        spec.withLinux(
            spec.linux()
                .withResources(
                    new LinuxResources(
                        List.of(
                            new DeviceRule(false, null, null, null, "rwm"),
                            new DeviceRule(true, DeviceRule.Type.C, 7L, 3L, "rw")),
                        new LinuxResources.Memory(
                            64L << 20, null, null, null, null, null, null, null, null),
                        null,
                        new LinuxResources.Pids(50L),
                        null,
                        List.of(),
                        null,
                        Map.of(),
                        Map.of()))));
    Outcome run = berth.shell(ARABIC, "run", berth.id("a"));
    assertThat(run.out()).as(run.err()).isEqualTo("pid 1\nUid:\t0\t0\t0\t0\n");
    assertThat(run.status()).isZero();
  }

  @Test
  void names_the_same_place_of_a_problem() throws IOException {
    berth.command("true");
    berth.change(spec -> {
      List<Mount> mounts = new ArrayList<>(spec.mounts());
      mounts.add(2, new Mount("", "tmpfs", "tmpfs", List.of()));
      return spec.withMounts(mounts);
    });
    Outcome run = berth.shell(ARABIC, "run", berth.id("a"));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).endsWith("config.json: mounts[2].destination: empty\n");
  }
}
