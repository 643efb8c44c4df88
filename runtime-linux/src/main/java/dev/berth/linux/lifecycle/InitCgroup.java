package dev.berth.linux.lifecycle;

import dev.berth.core.cgroup.CgroupText;
import dev.berth.core.text.KernelText;
import dev.berth.linux.cgroup.Cgroup;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;

/** Where in the tree of cgroup v2 a container's first process is now. */
final class InitCgroup {
  private static final System.Logger LOG = System.getLogger(InitCgroup.class.getName());

  /** What Linux 6.18 has of a path that is as long or longer: it cuts off the rest. */
  private static final int CUT_OFF = 4095;

  private InitCgroup() {}

  /**
   * That cgroup in place of the container's own, in cgroup v2 alone.
   *
   * @return empty if the process is not below the container's cgroup, or in one that has no path
   *     that Berth could use: the container chooses how long that is, and of what bytes
   */
  static Optional<Cgroup> below(Cgroup container, long pid) {
    String own = container.path().value() + "/";
    return CgroupText.unified(file(pid))
        .filter(path -> path.startsWith(own) && isUsable(path))
        .map(path -> path.substring(own.length()))
        .map(inside -> container.inside(each -> each.isUnified() ? inside : ""));
  }

  private static String file(long pid) {
    try {
      return KernelText.read(Path.of("/proc/" + pid + "/cgroup"));
    } catch (IOException e) {
      // Other kernels have ENAMETOOLONG for such a path.
      LOG.log(Level.DEBUG, "cgroup of process {0} not known: {1}", pid, e.getMessage());
      return "";
    }
  }

  private static boolean isUsable(String path) {
    return KernelText.encode(path).length < CUT_OFF
        && !KernelText.hasHalfACharacter(path)
        && path.chars().noneMatch(Character::isISOControl);
  }
}
