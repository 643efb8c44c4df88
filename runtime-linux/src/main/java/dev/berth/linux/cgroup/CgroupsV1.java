package dev.berth.linux.cgroup;

import dev.berth.Problem;
import dev.berth.core.cgroup.CgroupBase;
import dev.berth.core.cgroup.CgroupContents;
import dev.berth.core.cgroup.CgroupFigures;
import dev.berth.core.cgroup.CgroupHybridFiles;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupV1Figures;
import dev.berth.core.cgroup.CgroupV1Files;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The hierarchies of cgroup v1, and that of v2 if it is mounted beside them. */
final class CgroupsV1 extends Cgroups {

  private static final System.Logger LOG = System.getLogger(CgroupsV1.class.getName());

  private final List<Hierarchy> hierarchies;
  private final Optional<Hierarchy> unified;
  private final List<String> controllersOfV2;
  private final Optional<Hierarchy> cpuset;

  private CgroupsV1(
      List<Hierarchy> hierarchies, Optional<Hierarchy> unified, List<String> controllersOfV2) {
    super(hierarchies);
    this.hierarchies = hierarchies;
    this.unified = unified;
    this.controllersOfV2 = controllersOfV2;
    this.cpuset = hierarchies.stream().filter(each -> each.has("cpuset")).findFirst();
  }

  static CgroupsV1 of(List<Hierarchy> hierarchies) throws CgroupException {
    Optional<Hierarchy> unified =
        hierarchies.stream().filter(each -> each.mount().isUnified()).findFirst();
    List<String> controllers = unified.isEmpty() ? List.of() : unified.get().controllers();
    return new CgroupsV1(hierarchies, unified, controllers);
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
  public List<Problem> leftOut(LinuxResources resources) {
    List<Problem> inV2 =
        unified.isEmpty() ? List.of() : new CgroupHybridFiles(resources, controllersOfV2).leftOut();
    List<Problem> inV1 =
        isInV2("memory") ? List.of() : CgroupV1Files.leftOut(resources, this::hasMemoryFile);
    return Stream.concat(inV2.stream(), inV1.stream()).toList();
  }

  private boolean hasMemoryFile(String file) {
    return hierarchyOf("memory")
        .filter(hierarchy -> Files.exists(Path.of(hierarchy.hostPath(file))))
        .isPresent();
  }

  @Override
  List<CgroupWrite> writes(LinuxResources resources, CgroupContents contents) throws IOException {
    return unified.isEmpty()
        ? CgroupV1Files.of(resources, contents)
        : new CgroupHybridFiles(resources, controllersOfV2).writes(contents);
  }

  @Override
  CgroupFigures figures(CgroupContents contents) {
    return new CgroupV1Figures(contents);
  }

  @Override
  Optional<Hierarchy> hierarchyOf(String controller) {
    return hierarchies.stream()
        .filter(hierarchy -> hierarchy.has(controller))
        .findFirst()
        .or(() -> unified.filter(hierarchy -> isInV2(controller)));
  }

  private boolean isInV2(String controller) {
    return controllersOfV2.contains(controller) || controller.equals(CgroupWrite.CORE);
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
  void prepare(Cgroup cgroup, List<CgroupWrite> writes) throws CgroupException {
    if (cpuset.isPresent()) {
      fillCpusets(cpuset.get(), cgroup.path());
    }
    List<CgroupWrite> realtime =
        writes.stream().filter(write -> write.file().startsWith("cpu.rt_")).toList();
    if (!realtime.isEmpty()) {
      makeRoomAbove(cgroup, realtime);
    }
    if (unified.isPresent()) {
      List<CgroupWrite> inV2 = writes.stream().filter(write -> isInV2(write.controller())).toList();
      new SubtreeControl(unified.get()).handDown(cgroup.path(), inV2);
    }
  }

  /** A new cpuset is empty, and nothing can run on no processor: joining it would be ENOSPC. */
  private static void fillCpusets(Hierarchy cpuset, CgroupPath path) throws CgroupException {
    try {
      String parent = Hierarchy.ROOT;
      for (CgroupPath each : path.parents()) {
        new CgroupDirectory(cpuset, each, null).fillCpuset(parent);
        parent = each.fromRoot();
      }
      new CgroupDirectory(cpuset, path, null).fillCpuset(parent);
    } catch (SyscallException e) {
      throw new CgroupException("cgroup \"%s\": copy cpuset of its parent".formatted(path), e);
    }
  }

  /**
   * No cgroup has more real-time than the one that it lies in, and a new one has none: those above
   * get the same, as far as they were made for this one.
   */
  private void makeRoomAbove(Cgroup cgroup, List<CgroupWrite> realtime) throws CgroupException {
    for (CgroupPath parent : cgroup.path().parents()) {
      if (cgroup.directories().isMadeFor(parent, realtime.getFirst().controller())) {
        apply(parent, realtime);
      }
    }
  }

  /** The kernel takes them one at a time, from the first to the last. */
  @Override
  void restrictDevices(CgroupPath path, List<DeviceRule> rules) throws CgroupException {
    List<CgroupWrite> writes = DeviceAllowList.of(rules).v1Writes();
    requireControllers(writes);
    applyToDevices(path, writes);
  }

  /** The kernel asks for CAP_SYS_ADMIN in the first user namespace, whoever owns the files. */
  private void applyToDevices(CgroupPath path, List<CgroupWrite> writes) throws CgroupException {
    try {
      apply(path, writes);
    } catch (CgroupException e) {
      if (!e.isRefusal() || needsDeviceRules()) {
        throw e;
      }
      LOG.log(Level.DEBUG, "device rules of cgroup \"{0}\" not set: {1}", path, e.getMessage());
    }
  }

  /** Whoever owns a cgroup of v1 can raise its limits: it stays the runtime's. */
  @Override
  void delegate(CgroupPath path, long uid) {
    LOG.log(Level.DEBUG, "cgroup \"{0}\" not given to uid {1}: it is of cgroup v1", path, uid);
  }

  @Override
  void changeDevices(CgroupPath path, List<DeviceRule> rules) throws CgroupException {
    String list = new LiveContents(this, path).read("devices", "devices.list").orElse("");
    applyToDevices(path, DeviceAllowList.of(rules).v1Changes(list));
  }
}
