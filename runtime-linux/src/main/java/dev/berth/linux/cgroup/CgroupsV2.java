package dev.berth.linux.cgroup;

import dev.berth.Problem;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupBase;
import dev.berth.core.cgroup.CgroupContents;
import dev.berth.core.cgroup.CgroupFigures;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupV2Figures;
import dev.berth.core.cgroup.CgroupV2Files;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.core.cgroup.DeviceProgram;
import dev.berth.core.cgroup.OwnCgroup;
import dev.berth.core.text.KernelText;
import dev.berth.linux.sys.Host;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one hierarchy of cgroup v2, or none at all. It has no files for device rules; a BPF program
 * that is attached to the cgroup enforces them, until the cgroup is removed.
 */
final class CgroupsV2 extends Cgroups {

  /** The controllers that count what a container uses, if there is a limit or not. */
  private static final Set<String> COUNTING = Set.of("cpu", "io", "memory", "pids");

  private final Optional<Hierarchy> unified;
  private final List<String> available;
  private @Nullable CgroupBase base;

  private CgroupsV2(
      List<Hierarchy> hierarchies, Optional<Hierarchy> unified, List<String> available) {
    super(hierarchies);
    this.unified = unified;
    this.available = available;
  }

  static CgroupsV2 of(List<Hierarchy> hierarchies) throws CgroupException {
    Optional<Hierarchy> unified =
        hierarchies.stream().filter(hierarchy -> hierarchy.mount().isUnified()).findFirst();
    List<String> available = unified.isEmpty() ? List.of() : unified.get().controllers();
    return new CgroupsV2(hierarchies, unified, available);
  }

  @Override
  public synchronized void adopt() throws CgroupException {
    Hierarchy hierarchy =
        unified.orElseThrow(
            () -> new UnsupportedFeatureException("adopt cgroup: " + Cgroups.NOTHING_MOUNTED));
    String own =
        own(hierarchy)
            .orElseThrow(() ->
                new UnsupportedFeatureException(
                    "adopt cgroup: this JVM's is outside of what is mounted at %s; mount all of it"
                        .formatted(hierarchy)));
    if (!CgroupBase.isLeaf(own)) {
      new Adoption(hierarchy, own).run();
    }
    base = null;
  }

  @Override
  synchronized CgroupBase base() throws CgroupException {
    if (base == null) {
      Optional<String> own = unified.isEmpty() ? Optional.empty() : own(unified.get());
      base = CgroupBase.of(own, this::isUsable).orElse(CgroupBase.ROOT);
    }
    return base;
  }

  private static Optional<String> own(Hierarchy unified) throws CgroupException {
    try {
      return OwnCgroup.parse(
          KernelText.read(Path.of("/proc/self/mountinfo")),
          KernelText.read(Path.of("/proc/self/cgroup")),
          unified.mount());
    } catch (IOException e) {
      throw new CgroupException("look for the cgroup of this JVM", e);
    }
  }

  private boolean isUsable(String cgroup) {
    return unified.isPresent()
        && unified.get().isWritable("." + cgroup)
        && unified.get().isWritable("." + cgroup + "/" + CgroupDirectory.PROCS);
  }

  @Override
  String hint() {
    return "uid %s has none there; run in one that is delegated to it, as by systemd-run --user"
            .formatted(Host.geteuid())
        + " --scope -p Delegate=yes COMMAND, or name one in linux.cgroupsPath";
  }

  @Override
  public List<Problem> leftOut(LinuxResources resources) {
    return CgroupV2Files.leftOut(resources);
  }

  @Override
  List<CgroupWrite> writes(LinuxResources resources, CgroupContents contents) throws IOException {
    return CgroupV2Files.of(resources, contents);
  }

  @Override
  CgroupFigures figures(CgroupContents contents) {
    return new CgroupV2Figures(contents);
  }

  @Override
  Optional<Hierarchy> hierarchyOf(String controller) {
    return unified.filter(
        hierarchy -> available.contains(controller) || controller.equals(CgroupWrite.CORE));
  }

  @Override
  String missing(String controller) {
    return "the %s controller is not available in cgroup v2 here (available: %s); it may be mounted as cgroup v1, or not be delegated"
        .formatted(controller, String.join(", ", available));
  }

  /** A controller has files in a cgroup only if every cgroup above it hands it down. */
  @Override
  void prepare(Cgroup cgroup, List<CgroupWrite> writes) throws CgroupException {
    if (unified.isPresent()) {
      SubtreeControl control = new SubtreeControl(unified.get());
      control.handDown(cgroup.path(), writes);
      control.offer(cgroup.path(), COUNTING);
    }
  }

  @Override
  void delegate(CgroupPath path, long uid) throws CgroupException {
    if (unified.isPresent()) {
      new SubtreeControl(unified.get()).offer(path, available);
      new Delegation(unified.get(), path).to(uid);
    }
  }

  @Override
  void restrictDevices(CgroupPath path, List<DeviceRule> rules) throws CgroupException {
    if (unified.isPresent()) {
      DeviceProgram program = DeviceProgram.of(DeviceAllowList.of(rules));
      new DeviceFilter(unified.get(), path).set(program);
    }
  }
}
