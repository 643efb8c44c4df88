package dev.berth.linux.cgroup;

import dev.berth.linux.sys.SyscallException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Makes cgroups inside one that is there. */
record InnerCgroups(Cgroups cgroups, CgroupDirectories outer) {

  /** Inside a split cgroup, that of the first process. */
  private static final String LEAF = "init";

  private static final AtomicLong NUMBER = new AtomicLong();

  /**
   * Makes one in every hierarchy, which is removed by itself.
   *
   * @param prefix of its name
   */
  Cgroup makeNumbered(String prefix) throws CgroupException {
    while (true) {
      Optional<Cgroup> made = make(prefix + NUMBER.incrementAndGet());
      if (made.isPresent()) {
        return made.get();
      }
    }
  }

  /** Makes the one for the first process of a container. */
  Cgroup makeLeaf() throws CgroupException {
    return make(LEAF)
        .orElseThrow(() ->
            new CgroupException(
                "cgroup \"%s\": split: there is already a cgroup \"%s\" in it"
                    .formatted(outer.path(), LEAF)));
  }

  /** Empty if there is one of that name. */
  private Optional<Cgroup> make(String name) throws CgroupException {
    List<CgroupDirectory> made = new ArrayList<>();
    try {
      for (CgroupDirectory directory : outer.all()) {
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
      CgroupException failure = outer.failure("make \"%s\" in it".formatted(name), e);
      try {
        cgroup(made).remove();
      } catch (CgroupException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
  }

  private Cgroup cgroup(List<CgroupDirectory> made) {
    return new Cgroup(
        cgroups,
        new CgroupDirectories(made.isEmpty() ? outer.path() : made.getFirst().path(), made),
        null);
  }
}
