package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupText;
import dev.berth.core.cgroup.CgroupV2Files;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.core.cgroup.DeviceProgram;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.LinuxResources;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The one hierarchy of cgroup v2, or none at all. It has no files for device rules; a BPF program
 * that is attached to the cgroup enforces them, until the cgroup is removed.
 */
final class CgroupsV2 extends Cgroups {

  private final Optional<Hierarchy> unified;
  private final List<String> available;

  private CgroupsV2(
      List<Hierarchy> hierarchies, Optional<Hierarchy> unified, List<String> available) {
    super(hierarchies);
    this.unified = unified;
    this.available = available;
  }

  static CgroupsV2 of(List<Hierarchy> hierarchies) throws CgroupException {
    Optional<Hierarchy> unified =
        hierarchies.stream().filter(hierarchy -> hierarchy.mount().isUnified()).findFirst();
    List<String> available = unified.isEmpty() ? List.of() : controllers(unified.get());
    return new CgroupsV2(hierarchies, unified, available);
  }

  private static List<String> controllers(Hierarchy unified) throws CgroupException {
    try {
      return CgroupText.controllers(unified.read(Hierarchy.ROOT, "cgroup.controllers"));
    } catch (SyscallException e) {
      throw new CgroupException("read controllers of \"%s\"".formatted(unified), e);
    }
  }

  @Override
  List<CgroupWrite> writes(LinuxResources resources) {
    return CgroupV2Files.of(resources);
  }

  @Override
  String peakMemoryFile() {
    return "memory.peak";
  }

  @Override
  Optional<Hierarchy> hierarchyOf(String controller) {
    return unified.filter(hierarchy -> available.contains(controller));
  }

  @Override
  String missing(String controller) {
    return "the %s controller is not available in cgroup v2 here (available: %s); it may be mounted as cgroup v1, or not be delegated"
        .formatted(controller, String.join(", ", available));
  }

  /** A controller has files in a cgroup only if every cgroup above it hands it down. */
  @Override
  void prepare(CgroupPath path, List<CgroupWrite> writes) throws CgroupException {
    List<String> needed =
        writes.stream()
            .filter(CgroupWrite::needsController)
            .map(CgroupWrite::controller)
            .distinct()
            .toList();
    if (unified.isEmpty() || needed.isEmpty()) {
      return;
    }
    enable(unified.get(), Hierarchy.ROOT, needed);
    for (CgroupPath parent : path.parents()) {
      enable(unified.get(), parent.fromRoot(), needed);
    }
  }

  @Override
  void restrictDevices(CgroupPath path, List<DeviceRule> rules) throws CgroupException {
    if (unified.isPresent()) {
      DeviceProgram program = DeviceProgram.of(DeviceAllowList.of(rules));
      new DeviceFilter(unified.get(), path).set(program);
    }
  }

  private static void enable(Hierarchy unified, String cgroup, List<String> controllers)
      throws CgroupException {
    String change = "";
    try {
      List<String> enabled = CgroupText.controllers(unified.read(cgroup, "cgroup.subtree_control"));
      change =
          controllers.stream()
              .filter(controller -> !enabled.contains(controller))
              .map(controller -> "+" + controller)
              .collect(Collectors.joining(" "));
      if (!change.isEmpty()) {
        unified.write(cgroup, "cgroup.subtree_control", change);
      }
    } catch (SyscallException e) {
      String goal =
          "write \"%s\" to %s"
              .formatted(change, unified.hostPath(cgroup + "/cgroup.subtree_control"));
      throw e.errno() == Errno.EBUSY
          ? new CgroupException(
              goal, e, "a cgroup with processes of its own cannot hand controllers down")
          : new CgroupException(goal, e);
    }
  }
}
