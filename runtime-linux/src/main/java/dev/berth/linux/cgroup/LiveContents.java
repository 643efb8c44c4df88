package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupContents;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a cgroup that is there has, at the moment of each question. */
record LiveContents(Cgroups cgroups, CgroupPath path) implements CgroupContents {

  @Override
  public Optional<String> read(String controller, String file) throws CgroupException {
    Optional<Hierarchy> hierarchy = cgroups.hierarchyOf(controller);
    if (hierarchy.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(hierarchy.get().read(path.fromRoot(), file));
    } catch (SyscallException e) {
      if (Hierarchy.isGone(e)) {
        return Optional.empty();
      }
      throw new CgroupException(
          "read " + hierarchy.get().hostPath(path.fromRoot() + "/" + file), e);
    }
  }

  @Override
  public List<String> files(String controller) throws IOException {
    Optional<Hierarchy> hierarchy = cgroups.hierarchyOf(controller);
    if (hierarchy.isEmpty()) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(Path.of(hierarchy.get().hostPath(path.fromRoot())))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
