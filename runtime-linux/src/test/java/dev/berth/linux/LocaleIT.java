package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerRuntime;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A JVM decodes names of files in the locale that it was started with, and a service has none. What
 * the kernel is told are the bytes of the name in any case.
 */
@RunsContainers
@Timeout(60)
class LocaleIT {
  @RegisterExtension static final Containers containers = new Containers();

  /** Runs the bundles in a directory: their names come from there, and from no literal. */
  private static final class Bundles {
    static void main(String[] args) throws IOException, InterruptedException {
      ContainerRuntime runtime = ContainerRuntime.builder().root(Path.of(args[0])).build();
      try (DirectoryStream<Path> bundles = Files.newDirectoryStream(Path.of(args[1]))) {
        for (Path bundle : bundles) {
          try {
            System.out.print(
                runtime
                    .container(args[2])
                    .bundle(bundle)
                    .bindReadOnly(bundle, "/mnt")
                    .run(Duration.ofSeconds(20))
                    .orThrow()
                    .output());
          } catch (RuntimeException e) {
            System.out.println(e.getMessage());
          }
        }
      }
    }
  }

  private static String run(String locale, Path bundles) throws Exception {
    List<String> arguments =
        List.of(
            containers.directory().resolve("state").toString(),
            bundles.toString(),
            Containers.newId());
    ProcessBuilder jvm =
        new ProcessBuilder(ChildJvm.command(List.of("-XX:+UseSerialGC"), Bundles.class, arguments));
    jvm.environment().put("LC_ALL", locale);
    return ChildJvm.output(jvm.redirectErrorStream(true).start(), 50);
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void a_bundle_may_have_a_name_that_the_locale_does_not_have(String locale) throws Exception {
    Path bundles = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Path bundle =
        Files.move(
            containers.bundle(containers.container("ls", "/mnt")), bundles.resolve("ä bundle"));
    assertThat(Files.exists(bundle.resolve("config.json"))).isTrue();
    assertThat(run(locale, bundles)).isEqualTo("config.json\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void one_that_is_not_utf8_is_refused(String locale) throws Exception {
    Path bundles = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Path bundle = containers.bundle(containers.container("true"));
    assertThat(
            new ProcessBuilder("sh", "-c", "mv \"$1\" \"$2/$(printf '\\377')\"", "sh", bundle.toString(), bundles.toString())
                .start()
                .waitFor())
        .isZero();
    assertThat(run(locale, bundles))
        .isEqualTo("bundle: path \"%s/\\xff\": not UTF-8; rename it\n".formatted(bundles));
  }

  /** Whoever may mount somewhere, by fusermount(1) for example, chooses the name. */
  @Test
  void mounts_of_the_host_have_names_of_any_bytes() throws Exception {
    Path bundles = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.move(containers.bundle(containers.container("ls", "/mnt")), bundles.resolve("bundle"));
    List<String> command =
        ChildJvm.command(
            List.of("-XX:+UseSerialGC"),
            Bundles.class,
            List.of(
                containers.directory().resolve("state").toString(),
                bundles.toString(),
                Containers.newId()));
    Process process =
        new ProcessBuilder(
                java.util.stream.Stream.concat(
                        List.of(
                            "unshare",
                            "--mount",
                            "sh",
                            "-c",
                            "d=$(mktemp -d) && m=\"$d/$(printf '\\377\\r')\" && mkdir \"$m\""
                                + " && mount -t tmpfs none \"$m\" && { \"$@\"; s=$?; umount \"$m\";"
                                + " rm -r \"$d\"; exit $s; }",
                            "sh")
                            .stream(),
                        command.stream())
                    .toList())
            .redirectErrorStream(true)
            .start();
    assertThat(ChildJvm.output(process, 50)).isEqualTo("config.json\n");
  }
}
