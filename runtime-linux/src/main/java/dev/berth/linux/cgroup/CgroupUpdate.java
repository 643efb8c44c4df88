package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.FormerLimit;
import dev.berth.spec.DeviceRule;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Other limits for a cgroup that is in use, and the way back to those that it had. */
public final class CgroupUpdate {

  private final Cgroups cgroups;
  private final CgroupPath path;
  private final Map<CgroupWrite, List<CgroupWrite>> former = new HashMap<>();

  /** Newest first: what the kernel took in one order, it gives up in the other. */
  private final Deque<CgroupWrite> done = new ArrayDeque<>();

  CgroupUpdate(Cgroups cgroups, CgroupPath path) {
    this.cgroups = cgroups;
    this.path = path;
  }

  /** Writes in order, once it is known what is there now. */
  void write(List<CgroupWrite> writes) throws CgroupException {
    remember(writes);
    cgroups.apply(path, writes, done::push);
  }

  private void remember(List<CgroupWrite> writes) throws CgroupException {
    LiveContents contents = new LiveContents(cgroups, path);
    try {
      for (CgroupWrite write : writes) {
        former.put(write, FormerLimit.of(write, contents));
      }
    } catch (IOException e) {
      throw new CgroupException("cgroup \"%s\"".formatted(path), e);
    }
  }

  /** Takes back what was written, each as far as it can be. */
  void undo() throws CgroupException {
    CgroupException failure = null;
    while (!done.isEmpty()) {
      try {
        cgroups.apply(path, former.getOrDefault(done.pop(), List.of()));
      } catch (CgroupException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
