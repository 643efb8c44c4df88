package dev.berth.linux.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerSetupException;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.HostCanary;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Swapper;
import dev.berth.spec.Device;
import dev.berth.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Containers that are made while a container with the same volume exchanges a directory of it for a
 * link that leads to the host's. Every attempt ends inside or is refused.
 */
@RunsContainers
class SymlinkRacesIT {
  private static final int CREATIONS = 500;

  @RegisterExtension static final Containers containers = new Containers();

  @RegisterExtension final HostCanary canary = new HostCanary();

  private Path root;
  private Path volume;

  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    volume = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.createDirectories(volume.resolve("a/b"));
    Files.createDirectories(volume.resolve("trap"));
    Files.writeString(volume.resolve("trap/file"), "of the attacker");
    for (String mountPoint : List.of("volume", "mnt")) {
      Files.createDirectory(root.resolve(mountPoint));
    }
  }

  // CVE-2021-30465
  @ParameterizedTest
  @EnumSource
  void t10_a_mount_point_whose_parent_is_swapped_is_inside_or_refused(Privilege privilege)
      throws Exception {
    Mount raced = new Mount("/volume/a/b", "tmpfs", "raced", List.of("size=64k"));
    List<String> ways = List.of(canary.directory().toString(), "/", "/..", "/proc/self/root");
    for (String way : ways) {
      race(privilege, way, CREATIONS / ways.size(), i -> container(privilege).mount(raced));
    }
  }

  /**
   * The trap is mounted where the swapped link says; if that could be on the host, the source of
   * the next mount would be the trap.
   */
  @ParameterizedTest
  @EnumSource
  void t11_a_source_is_the_hosts_whatever_was_mounted_before(Privilege privilege) throws Exception {
    Mount raced = new Mount("/volume/a/b", "bind", volume + "/trap", List.of("bind"));
    race(
        privilege,
        canary.directory().toString(),
        CREATIONS,
        i -> container(privilege).mount(raced).bind(canary.directory().resolve("b"), "/mnt"));
  }

  // CVE-2024-45310
  @ParameterizedTest
  @EnumSource
  void t19_nothing_is_made_on_the_host_while_its_parent_is_swapped(Privilege privilege)
      throws Exception {
    race(
        privilege,
        canary.directory().toString(),
        CREATIONS,
        i -> {
          String place = "/volume/a/" + i;
          Device queue = new Device(place + "-queue", Device.Type.P, null, null, 0622L, 0L, 0L);
          return container(privilege)
              .mount(new Mount(place + "/x/y", "tmpfs", "raced", List.of("size=64k")))
              .directory(place + "-directory/z")
              .edit(spec -> spec.withLinux(spec.linux().withDevices(List.of(queue))));
        });
  }

  private ContainerBuilder container(Privilege privilege) {
    return privilege
        .given(containers.container("true").rootfs(root).writable())
        .bind(volume, "/volume");
  }

  /** Makes {@code count} containers during a race; those that can be made have all mounts. */
  private void race(Privilege privilege, String out, int count, IntFunction<ContainerBuilder> next)
      throws Exception {
    Path link = volume.resolve("link");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of(out));
    privilege.owning(root);
    privilege.owning(volume);
    int made = 0;
    try (Swapper swapper = Swapper.of(volume.resolve("a"), link)) {
      for (int i = 0; i < count; i++) {
        try (Container container = next.apply(i).create()) {
          made++;
          check(container);
        } catch (ContainerSetupException refused) {
          assertThat(refused)
              .message()
              .containsAnyOf("ELOOP", "EAGAIN", "EXDEV", "ENOENT", "EEXIST");
        }
      }
      assertThat(swapper.stop()).as("exchanges").isGreaterThan(count);
    }
    assertThat(made).as("containers made").isPositive();
  }

  /** A mount that had escaped the root would be gone since the change of root. */
  private void check(Container container) throws IOException {
    Path proc = Path.of("/proc", Long.toString(container.process().pid()));
    assertThat(Files.readAllLines(proc.resolve("mountinfo")))
        .filteredOn(line -> line.contains(" raced ") || line.contains("/trap "))
        .hasSize(1);
    if (container.spec().mounts().getLast().destination().equals("/mnt")) {
      assertThat(proc.resolve("root/mnt/file")).hasContent("of the host");
    }
  }
}
