package dev.berth.core.cgroup;

import dev.berth.Problem;
import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.BlockIO;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Pids;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Limits where hierarchies of cgroup v1 and the tree of v2 are mounted beside each other. A
 * controller is in one of them only, and there its limits go, in the files of that version.
 */
public final class CgroupHybridFiles {

  private final LinuxResources resources;
  private final List<String> unified;

  /**
   * Limits to be divided.
   *
   * @param unified the controllers that are in the tree of cgroup v2
   */
  public CgroupHybridFiles(LinuxResources resources, List<String> unified) {
    this.resources = resources;
    this.unified = unified;
  }

  /**
   * What is to be written, in order.
   *
   * @param contents of the cgroup
   * @throws UnsupportedFeatureException as {@link CgroupV1Files#of} and {@link CgroupV2Files#of}
   * @throws IOException as they do
   */
  public List<CgroupWrite> writes(CgroupContents contents) throws IOException {
    return Stream.of(CgroupV1Files.of(inV1(), contents), CgroupV2Files.of(inV2(), contents))
        .flatMap(List::stream)
        .toList();
  }

  /** What is asked of a controller that is in cgroup v2, and only has it in v1. */
  public List<Problem> leftOut() {
    return CgroupV2Files.leftOut(inV2());
  }

  private LinuxResources inV1() {
    return part(controller -> !unified.contains(controller), Map.of());
  }

  private LinuxResources inV2() {
    resources.unified().keySet().forEach(this::requireUnified);
    return part(unified::contains, resources.unified());
  }

  private void requireUnified(String file) {
    String controller = file.substring(0, Math.max(0, file.indexOf('.')));
    if (!controller.equals(CgroupWrite.CORE) && !unified.contains(controller)) {
      throw new UnsupportedFeatureException(
          "linux.resources.unified[\"%s\"]: the controller is not in cgroup v2 here, only in v1 if at all; use the other properties"
              .formatted(file));
    }
  }

  private LinuxResources part(Predicate<String> controllers, Map<String, String> files) {
    Cpu cpu = resources.cpu();
    boolean hasCpu = controllers.test("cpu");
    boolean hasCpuset = controllers.test("cpuset");
    return new LinuxResources(
        List.of(),
        controllers.test("memory") ? resources.memory() : Memory.NONE,
        new Cpu(
            hasCpu ? cpu.shares() : null,
            hasCpu ? cpu.quota() : null,
            hasCpu ? cpu.burst() : null,
            hasCpu ? cpu.period() : null,
            hasCpu ? cpu.realtimeRuntime() : null,
            hasCpu ? cpu.realtimePeriod() : null,
            hasCpuset ? cpu.cpus() : null,
            hasCpuset ? cpu.mems() : null,
            hasCpu ? cpu.idle() : null),
        controllers.test("pids") ? resources.pids() : Pids.NONE,
        controllers.test("io") ? resources.blockIO() : BlockIO.NONE,
        controllers.test("hugetlb") ? resources.hugepageLimits() : List.of(),
        controllers.test("net_cls") ? resources.network() : LinuxResources.Network.NONE,
        controllers.test("rdma") ? resources.rdma() : Map.of(),
        files);
  }
}
