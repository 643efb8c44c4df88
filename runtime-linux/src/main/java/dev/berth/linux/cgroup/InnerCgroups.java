package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.linux.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes cgroups inside one that is there. */
record InnerCgroups(Cgroups cgroups, List<CgroupDirectory> directories) {

  /**
   * Makes one in every hierarchy.
   *
   * @return empty if there is one of that name
   */
  Optional<Cgroup> make(String name) throws CgroupException {
    List<CgroupDirectory> made = new ArrayList<>();
    try {
      for (CgroupDirectory directory : directories) {
        Optional<CgroupDirectory> inside = directory.makeInside(name);
        if (inside.isEmpty()) {
          cgroup(made).remove();
          return Optional.empty();
        }
        made.add(inside.get());
        if (directory.hierarchy().has("cpuset")) {
          inside.get().fillCpuset(directory.fromRoot());
        }
      }
      return Optional.of(cgroup(made));
    } catch (SyscallException e) {
      CgroupException failure =
          new CgroupException(
              "cgroup \"%s\": make \"%s\" in it".formatted(directories.getFirst().path(), name), e);
      try {
        cgroup(made).remove();
      } catch (CgroupException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
  }

  private Cgroup cgroup(List<CgroupDirectory> made) {
    CgroupPath path = made.isEmpty() ? directories.getFirst().path() : made.getFirst().path();
    return new Cgroup(cgroups, path, made, null);
  }
}
