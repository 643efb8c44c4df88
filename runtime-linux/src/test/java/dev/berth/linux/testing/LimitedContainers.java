package dev.berth.linux.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.core.spec.SpecReader;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Containers with limits that a test writes as a configuration does, and the files of their cgroup.
 */
public final class LimitedContainers {
  private static final Path HIERARCHIES = Path.of("/sys/fs/cgroup");

  private LimitedContainers() {}

  /** Whether limits are in cgroup v2 alone. */
  public static boolean isV2() {
    return Files.exists(HIERARCHIES.resolve("cgroup.controllers"));
  }

  /** The object {@code linux.resources} of a configuration. */
  public static LinuxResources resources(String json) {
    String spec =
        """
        {"ociVersion": "1.3.0", "root": {"path": "/"}, "process": {"cwd": "/", "args": ["true"]},
         "linux": {"resources": %s}}
        """
            .formatted(json);
    return SpecReader.read(spec.getBytes(UTF_8), Spec.class)
        .orThrow(AssertionError::new)
        .linux()
        .resources();
  }

  /** The container with these limits; device rules stay as they are unless there are some. */
  public static ContainerBuilder limited(ContainerBuilder container, String json) {
    LinuxResources resources = resources(json);
    return container.edit(spec -> {
      LinuxResources wanted =
          resources.devices().isEmpty()
              ? resources.withDevices(spec.linux().resources().devices())
              : resources;
      return spec.withLinux(spec.linux().withResources(wanted));
    });
  }

  /** What a file of the container's cgroup says. */
  public static String file(Container container, String file) throws IOException {
    return Files.readString(directory(container, file).resolve(file)).strip();
  }

  /** Where a file of the container's cgroup is. */
  public static Path directory(Container container, String file) throws IOException {
    return directory(container.process().pid(), file.substring(0, file.indexOf('.')));
  }

  /** The cgroup of a process in the hierarchy of a controller, or in the tree of v2. */
  private static Path directory(long pid, String controller) throws IOException {
    Path tree = isV2() ? HIERARCHIES : HIERARCHIES.resolve("unified");
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (List.of(fields[1].split(",")).contains(controller)) {
        return HIERARCHIES.resolve(controller + fields[2]);
      } else if (fields[1].isEmpty()) {
        tree = Path.of(tree + fields[2]);
      }
    }
    return tree;
  }
}
