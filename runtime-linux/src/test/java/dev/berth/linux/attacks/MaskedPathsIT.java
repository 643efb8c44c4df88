package dev.berth.linux.attacks;

import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerSetupException;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.HostCanary;
import dev.berth.linux.testing.Mountinfo;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Swapper;
import dev.berth.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A {@code /dev} that another container can write to, whose {@code null} is not what masks a path,
 * but what the attacker wants to have mounted there.
 */
@RunsContainers
class MaskedPathsIT {
  private static final int CREATIONS = 500;
  private static final Path NULL = Path.of("/dev/null");

  @RegisterExtension static final Containers containers = new Containers();

  @RegisterExtension final HostCanary canary = new HostCanary();

  private Path dev;

  @BeforeEach
  void prepare() throws IOException {
    dev = Files.createDirectory(containers.directory().resolve(Containers.newId()));
  }

  // CVE-2025-31133
  @ParameterizedTest
  @CsvSource({
    "ROOT, link to a file of the kernel, EINVAL (Invalid argument)",
    "ROOT, link to nothing, EINVAL (Invalid argument)",
    "ROOT, link to the device, EINVAL (Invalid argument)",
    "ROOT, file, EINVAL (Invalid argument)",
    "ROOT, directory, EINVAL (Invalid argument)",
    "ROOT, other device, EINVAL (Invalid argument)",
    "USER_NAMESPACE, link to a file of the kernel, EINVAL (Invalid argument)",
    "USER_NAMESPACE, link to nothing, EINVAL (Invalid argument)",
    "USER_NAMESPACE, link to the device, EINVAL (Invalid argument)",
    "USER_NAMESPACE, file, EINVAL (Invalid argument)",
    "USER_NAMESPACE, directory, EINVAL (Invalid argument)",
    "USER_NAMESPACE, other device, EINVAL (Invalid argument)"
  })
  void t20_an_impostor_of_dev_null_masks_nothing(Privilege privilege, String kind, String errno)
      throws Exception {
    impersonate(kind);
    assertThat(refusal(container(privilege)))
        .isEqualTo("container \"ID\": mask /proc/keys: invalid /dev/null: %s", errno);
  }

  /** The absence of a path that is to be masked is none of the means to do so. */
  // CVE-2025-31133
  @ParameterizedTest
  @EnumSource
  void t21_only_what_is_not_there_needs_no_mask(Privilege privilege) throws Exception {
    assertThat(refusal(container(privilege)))
        .isEqualTo(
            "container \"ID\": mask /proc/keys: invalid /dev/null: ENOENT (No such file or"
                + " directory)");
    Containers.output(
        container(privilege)
            .edit(spec ->
                spec.withLinux(
                    spec.linux()
                        .withMaskedPaths(List.of("/no/such/path", "/bin/busybox/x", "/proc/no")))));
  }

  // CVE-2025-31133
  @ParameterizedTest
  @EnumSource
  void t20_what_is_masked_during_a_race_is_masked(Privilege privilege) throws Exception {
    node("null", 3);
    Path link =
        Files.createSymbolicLink(dev.resolve("link"), Path.of("/proc/sys/kernel/core_pattern"));
    int made = 0;
    try (Swapper swapper = Swapper.of(dev.resolve("null"), link)) {
      for (int i = 0; i < CREATIONS; i++) {
        try (Container container = container(privilege).create()) {
          made++;
          assertMasked(container);
        } catch (ContainerSetupException refused) {
          assertThat(refused).message().contains(": invalid /dev/null: EINVAL (Invalid argument)");
        }
      }
      assertThat(swapper.stop()).as("exchanges").isGreaterThan(CREATIONS);
    }
    assertThat(made).as("containers made").isBetween(1, CREATIONS - 1);
  }

  private void assertMasked(Container container) throws IOException {
    Path proc = Path.of("/proc", Long.toString(container.process().pid()));
    Map<String, Mountinfo> mounts = Mountinfo.parse(Files.readString(proc.resolve("mountinfo")));
    for (String masked : container.spec().linux().maskedPaths()) {
      Path path = proc.resolve("root" + masked);
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        assertThat(path).isEmptyDirectory();
        assertThat(mounts.get(masked).options()).as(masked).contains("ro");
      } else if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        assertThat(Files.getAttribute(path, "unix:rdev", LinkOption.NOFOLLOW_LINKS))
            .as(masked)
            .isEqualTo(Files.getAttribute(NULL, "unix:rdev"));
      }
    }
  }

  private void impersonate(String kind) throws Exception {
    Path impostor = dev.resolve("null");
    switch (kind) {
      case "link to a file of the kernel" ->
          Files.createSymbolicLink(impostor, Path.of("/proc/sys/kernel/core_pattern"));
      case "link to nothing" -> Files.createSymbolicLink(impostor, Path.of("/nowhere"));
      case "link to the device" -> {
        node("real", 3);
        Files.createSymbolicLink(impostor, Path.of("real"));
      }
      case "file" -> Files.createFile(impostor);
      case "directory" -> Files.createDirectory(impostor);
      case "other device" -> node("null", 5);
      default -> throw new IllegalArgumentException(kind);
    }
  }

  /** One of the memory devices; mem(4). */
  private void node(String name, int minor) throws Exception {
    Process mknod =
        new ProcessBuilder("mknod", "-m", "666", dev.resolve(name).toString(), "c", "1", "" + minor)
            .inheritIO()
            .start();
    assertThat(mknod.waitFor()).isZero();
  }

  private ContainerBuilder container(Privilege privilege) throws IOException {
    privilege.owning(dev);
    return privilege.given(containers.container("true")).mount(Mount.bind(dev.toString(), "/dev"));
  }
}
