package dev.berth.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerRuntime;
import dev.berth.linux.testing.BusyboxRoot;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
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
      PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
      ContainerRuntime runtime = ContainerRuntime.builder().root(Path.of(args[0])).build();
      try (DirectoryStream<Path> bundles = Files.newDirectoryStream(Path.of(args[1]))) {
        for (Path bundle : bundles) {
          try {
            out.print(
                runtime
                    .container(args[2])
                    .bundle(bundle)
                    .bindReadOnly(bundle, "/mnt")
                    .run(Duration.ofSeconds(20))
                    .orThrow()
                    .output());
          } catch (RuntimeException e) {
            out.println(e.getMessage());
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
  void names_may_be_such_that_the_locale_does_not_have_them(String locale) throws Exception {
    Path bundles = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    String cgroup = Containers.newId();
    Path bundle =
        containers.bundle(
            containers
                .shell(
                    "cat /etc/ü /mnt/fïle; cat /proc/self/cgroup | tr / '\\n' | grep ^ö | sort -u")
                .edit(spec -> spec.withRoot(new Root("ä root", true)))
                .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath("/ö-" + cgroup)))
                .edit(LocaleIT::withoutCgroupNamespace)
                .mount(Mount.bind("fïle", "/etc/ü")));
    Files.writeString(bundle.resolve("fïle"), "content of fïle\n");
    BusyboxRoot.make(bundle.resolve("ä root"));
    Files.createFile(bundle.resolve("ä root/etc/ü"));
    Files.move(bundle, bundles.resolve("ä bundle"));
    assertThat(run(locale, bundles))
        .isEqualTo("content of fïle\ncontent of fïle\nö-%s\n".formatted(cgroup));
  }

  private static Spec withoutCgroupNamespace(Spec spec) {
    return spec.withLinux(
        spec.linux()
            .withNamespaces(
                spec.linux().namespaces().stream()
                    .filter(each -> each.type() != Namespace.Type.CGROUP)
                    .toList()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void one_that_is_not_utf8_is_refused(String locale) throws Exception {
    Path bundles = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Path bundle = containers.bundle(containers.container("true"));
    assertThat(
            new ProcessBuilder(
                    "sh",
                    "-c",
                    "mv \"$1\" \"$2/$(printf '\\377')\"",
                    "sh",
                    bundle.toString(),
                    bundles.toString())
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
                Stream.concat(
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
