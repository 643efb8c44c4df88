package dev.berth.linux.attacks;

import static dev.berth.linux.testing.Containers.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.HostCanary;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without a mount on it, {@code /dev} is what the image says. */
@RunsContainers
class DevIT {
  @RegisterExtension static final Containers containers = new Containers();

  @RegisterExtension final HostCanary canary = new HostCanary();

  // CVE-2026-41579, CVE-2026-47766
  @ParameterizedTest
  @CsvSource({
    "ROOT, absolute",
    "ROOT, relative",
    "USER_NAMESPACE, absolute",
    "USER_NAMESPACE, relative"
  })
  void t25_no_device_or_link_is_made_where_dev_leads_out(Privilege privilege, String kind)
      throws Exception {
    Path out = canary.directory();
    Path root = root(kind.equals("absolute") ? out : Path.of("../../../../..").resolve("." + out));
    privilege.owning(root);
    List<Device> devices =
        List.of(
            new Device("/dev/b/queue", Device.Type.P, null, null, 0622L, 0L, 0L),
            new Device("/dev/file", Device.Type.P, null, null, 0622L, 0L, 0L),
            new Device("/dev/kmsg", Device.Type.C, 1L, 11L, 0600L, 0L, 0L));
    ContainerBuilder builder =
        privilege
            .given(containers.container("ls", "/dev/", "/dev/b").rootfs(root))
            .edit(spec ->
                spec.withMounts(
                        spec.mounts().stream()
                            .filter(mount -> !mount.destination().startsWith("/dev"))
                            .toList())
                    .withLinux(spec.linux().withDevices(devices)));
    // Where the link leads to in the root, there is a directory now.
    assertThat(output(builder).lines())
        .contains("null", "ptmx", "urandom", "file", "kmsg", "fd", "queue");
    assertThat(root.resolve("." + out)).isDirectory();
  }

  private static Path root(Path dev) throws IOException {
    Path root = containers.newRoot();
    Files.delete(root.resolve("dev"));
    Files.createSymbolicLink(root.resolve("dev"), dev);
    return root;
  }
}
