package dev.berth.linux.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.FormerLimit;
import dev.berth.core.cgroup.ResourceChange;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Other limits for a cgroup that is in use, and the way back to those that it had. */
public final class CgroupUpdate {

  private final Cgroups cgroups;
  private final Cgroup cgroup;
  private final CgroupPath path;
  private final LinuxResources change;
  private final List<DeviceRule> formerDevices;
  private final Map<CgroupWrite, List<CgroupWrite>> former = new HashMap<>();
  private final Deque<Undo> undos = new ArrayDeque<>();

  private static final String CPU = "cpu";

  /** Of cgroup v2, and of v1. */
  private static final List<String> QUOTA_FILES = List.of("cpu.max", "cpu.cfs_quota_us");

  private interface Undo {
    void run() throws CgroupException;
  }

  CgroupUpdate(Cgroups cgroups, Cgroup cgroup, ResourceChange change) {
    this.cgroups = cgroups;
    this.cgroup = cgroup;
    this.path = cgroup.path();
    this.change = change.effective();
    this.formerDevices = change.before().devices();
  }

  /**
   * Sets the limits. What is not mentioned stays as it is; device rules are mentioned all or none:
   * new ones take the place of those before.
   *
   * @throws UnsupportedFeatureException if a limit needs a controller that is not there
   * @throws CgroupException if the kernel does not take one; what was done until then remains to be
   *     {@linkplain #undo undone}
   */
  public void make() throws CgroupException {
    List<CgroupWrite> foreseen = cgroups.foreseen(path, change);
    cgroups.requireControllers(foreseen);
    cgroups.prepare(cgroup, foreseen);
    List<CgroupWrite> writes = cgroup.writes(change);
    remember(writes);
    tellUnit(writes);
    cgroups.apply(path, writes, done -> undos.push(() -> cgroups.apply(path, former(done))));
    changeDevices();
  }

  /** What is there is read before anything is changed. */
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

  private List<CgroupWrite> former(CgroupWrite write) {
    return former.getOrDefault(write, List.of());
  }

  private void tellUnit(List<CgroupWrite> writes) throws CgroupException {
    if (cgroup.unit().isPresent()) {
      CgroupUnit unit = cgroup.unit().get();
      List<CgroupWrite> before = writes.stream().map(this::former).flatMap(List::stream).toList();
      undos.push(() -> tell(unit, before, change.devices().isEmpty() ? List.of() : formerDevices));
      tell(unit, writes, change.devices());
    }
  }

  /**
   * systemd writes all limits of a unit again when one changes. Of a processor it keeps whole
   * percents, so the quota that was in the file would be another one then.
   */
  private void tell(CgroupUnit unit, List<CgroupWrite> writes, List<DeviceRule> devices)
      throws CgroupException {
    LiveContents contents = new LiveContents(cgroups, path);
    List<CgroupWrite> quota = new ArrayList<>();
    for (String file : QUOTA_FILES) {
      contents
          .read(CPU, file)
          .ifPresent(value -> quota.add(new CgroupWrite(CPU, file, value.strip())));
    }
    unit.change(writes, devices);
    cgroups.apply(path, quota);
  }

  private void changeDevices() throws CgroupException {
    if (!change.devices().isEmpty()) {
      undos.push(() -> cgroups.changeDevices(path, formerDevices));
      cgroups.changeDevices(path, change.devices());
    }
  }

  /**
   * Takes back what was done: the newest first, since the kernel takes a way back on which it took
   * each step forth.
   *
   * @throws CgroupException if a part could not be; the rest is
   */
  public void undo() throws CgroupException {
    List<CgroupException> failures = new ArrayList<>();
    while (!undos.isEmpty()) {
      try {
        undos.pop().run();
      } catch (CgroupException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      CgroupException first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }
}
