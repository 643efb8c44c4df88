package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupContents;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.text.HostPath;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a cgroup has at the moment of each question; nothing, if it is gone. */
record LiveContents(Cgroups cgroups, CgroupPath path) implements CgroupContents {

  /** Pressure has files also where the kernel was started with {@code psi=0}. */
  private static final Set<Errno> NOT_THERE =
      EnumSet.of(Errno.ENOENT, Errno.ENODEV, Errno.EOPNOTSUPP);

  @Override
  public Optional<String> read(String controller, String file) throws CgroupException {
    Optional<Hierarchy> hierarchy = cgroups.hierarchyOf(controller);
    if (hierarchy.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(hierarchy.get().read(path.fromRoot(), file));
    } catch (SyscallException e) {
      if (NOT_THERE.contains(e.errno())) {
        return Optional.empty();
      }
      throw new CgroupException(
          "read " + hierarchy.get().hostPath(path.fromRoot() + "/" + file), e);
    }
  }

  @Override
  public List<String> files(String controller) {
    return cgroups
        .hierarchyOf(controller)
        .map(hierarchy -> names(HostPath.of(hierarchy.hostPath(path.fromRoot()))))
        .orElse(List.of());
  }

  private static List<String> names(Path cgroup) {
    try (Stream<Path> files = Files.list(cgroup)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException | UncheckedIOException gone) {
      return List.of();
    }
  }
}
