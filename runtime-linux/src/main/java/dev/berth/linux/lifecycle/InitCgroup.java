package dev.berth.linux.lifecycle;

import dev.berth.core.cgroup.CgroupText;
import dev.berth.core.text.KernelText;
import dev.berth.linux.cgroup.Cgroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where in the tree of cgroup v2 a container's first process is now. */
final class InitCgroup {
  private InitCgroup() {}

  /**
   * That cgroup in place of the container's own, in cgroup v2 alone.
   *
   * @return empty if the process is not below the container's cgroup
   */
  static Optional<Cgroup> below(Cgroup container, long pid) throws IOException {
    String file = KernelText.read(Path.of("/proc/" + pid + "/cgroup"));
    String own = container.path().value() + "/";
    return CgroupText.unified(file)
        .filter(path -> path.startsWith(own))
        .map(path -> path.substring(own.length()))
        .map(inside -> container.inside(each -> each.isUnified() ? inside : ""));
  }
}
