package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupBase;
import dev.berth.core.cgroup.CgroupFigures;
import dev.berth.core.cgroup.CgroupFiles;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupV1Figures;
import dev.berth.core.cgroup.CgroupV1Files;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.LinuxResources;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The hierarchies of cgroup v1, and that of v2 if it is mounted beside them. */
final class CgroupsV1 extends Cgroups {

  private static final System.Logger LOG = System.getLogger(CgroupsV1.class.getName());

  private final List<Hierarchy> hierarchies;
  private final Optional<Hierarchy> cpuset;

  CgroupsV1(List<Hierarchy> hierarchies) {
    super(hierarchies);
    this.hierarchies = hierarchies;
    this.cpuset = hierarchyOf("cpuset");
  }

  /** Here limits hold also beside processes: nobody has to move. */
  @Override
  public void adopt() {
    LOG.log(Level.DEBUG, "nothing to adopt: cgroup v1 has limits beside processes");
  }

  /** A path means the same cgroup in all hierarchies, and a process may be in another in each. */
  @Override
  CgroupBase base() {
    return CgroupBase.ROOT;
  }

  @Override
  String hint() {
    return "be root, or name in linux.cgroupsPath a cgroup in one that is delegated to this user";
  }

  @Override
  List<CgroupWrite> writes(LinuxResources resources) {
    return CgroupV1Files.of(resources);
  }

  @Override
  CgroupFigures figures(CgroupFiles files) {
    return new CgroupV1Figures(files);
  }

  @Override
  String outOfMemoryFile() {
    return "memory.oom_control";
  }

  @Override
  Optional<Hierarchy> hierarchyOf(String controller) {
    return hierarchies.stream().filter(hierarchy -> hierarchy.has(controller)).findFirst();
  }

  @Override
  String missing(String controller) {
    return "the %s controller is not mounted (mounted: %s); mount it below /sys/fs/cgroup"
        .formatted(
            controller,
            hierarchies.stream()
                .flatMap(hierarchy -> hierarchy.mount().controllers().stream())
                .collect(Collectors.joining(", ")));
  }

  @Override
  void prepare(CgroupPath path, List<CgroupWrite> writes) throws CgroupException {
    if (cpuset.isEmpty()) {
      return;
    }
    try {
      String parent = Hierarchy.ROOT;
      for (CgroupPath each : path.parents()) {
        new CgroupDirectory(cpuset.get(), each, null).fillCpuset(parent);
        parent = each.fromRoot();
      }
      new CgroupDirectory(cpuset.get(), path, null).fillCpuset(parent);
    } catch (SyscallException e) {
      throw new CgroupException("cgroup \"%s\": copy cpuset of its parent".formatted(path), e);
    }
  }

  /** The kernel takes them one at a time, from the first to the last. */
  @Override
  void restrictDevices(CgroupPath path, List<DeviceRule> rules) throws CgroupException {
    List<CgroupWrite> writes = DeviceAllowList.of(rules).v1Writes();
    requireControllers(writes);
    apply(path, writes);
  }
}
