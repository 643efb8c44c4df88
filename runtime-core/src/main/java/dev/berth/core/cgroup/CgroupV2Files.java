package dev.berth.core.cgroup;

import dev.berth.Problem;
import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spi.Printable;
import java.io.IOException;
import java.util.List;

/**
 * Limits as files of cgroup v2 (config-linux.md, "Control groups"). What is absent, and what
 * engines mean by 0, is not written. For devices, which have no file here, see {@link
 * DeviceProgram}.
 */
public final class CgroupV2Files {

  private final LinuxResources resources;
  private final CgroupWrites writes;

  private CgroupV2Files(LinuxResources resources, CgroupContents contents) {
    this.resources = resources;
    this.writes = new CgroupWrites(contents);
  }

  /**
   * What is to be written, in order.
   *
   * @param contents of the cgroup
   * @throws UnsupportedFeatureException if something is asked that this kernel has not, or
   *     real-time scheduling, which only cgroup v1 has
   * @throws IllegalArgumentException if limits of memory and swap contradict each other
   * @throws IOException if the contents cannot be read, or memory in use is more than a limit that
   *     is to be checked before
   */
  public static List<CgroupWrite> of(LinuxResources resources, CgroupContents contents)
      throws IOException {
    if (CgroupWrites.orZero(resources.cpu().realtimeRuntime()) != 0) {
      throw new UnsupportedFeatureException(
          "linux.resources.cpu.realtimeRuntime: cgroup v2 has no real-time scheduling by cgroup;"
              + " leave it out, and real-time processes are only limited by the whole host's"
              + " /proc/sys/kernel/sched_rt_runtime_us");
    }
    return new CgroupV2Files(resources, contents).all();
  }

  /** What engines ask for as well, and only cgroup v1 has: it is not written. */
  public static List<Problem> leftOut(LinuxResources resources) {
    return OnlyV1.of(resources);
  }

  private List<CgroupWrite> all() throws IOException {
    MemoryV2.add(resources.memory(), writes);
    cpu(resources.cpu());
    writes.cpuset(resources.cpu());
    writes.pids(resources.pids());
    BlockIoV2.add(resources.blockIO(), writes);
    writes.hugetlb(resources.hugepageLimits(), "max");
    resources.rdma().forEach(writes::rdma);
    // Last, so that what is said in the terms of this version holds.
    resources.unified().forEach(this::unified);
    return writes.list();
  }

  private void cpu(Cpu cpu) throws IOException {
    // Idle first: as long as it is 1, the kernel refuses a weight.
    writes.given("cpu", "cpu.idle", cpu.idle());
    long shares = CgroupWrites.orZero(cpu.shares());
    if (shares != 0 && CgroupWrites.orZero(cpu.idle()) == 0) {
      writes.add("cpu", "cpu.weight", Long.toString(CpuWeight.ofShares(shares)));
    }
    bandwidth(cpu);
    // Quota before burst, which it bounds.
    writes.given("cpu", "cpu.max.burst", CgroupWrites.asUnsigned(cpu.burst()));
  }

  /**
   * A quota alone takes the period along, and a period the quota. The kernel would keep the period
   * by itself; but systemd, which is told the same, has to know both.
   */
  private void bandwidth(Cpu cpu) throws IOException {
    long quota = CgroupWrites.orZero(cpu.quota());
    long period = CgroupWrites.orZero(cpu.period());
    if (quota != 0 || period != 0) {
      String first = quota == 0 ? max(0) : CgroupWrites.orMax(quota);
      String second = period == 0 ? max(1) : Long.toUnsignedString(period);
      writes.add("cpu", "cpu.max", (first + " " + second).strip());
    }
  }

  /** The quota, or the period, of now; empty of a cgroup that is not there yet. */
  private String max(int part) throws IOException {
    String[] parts = writes.text("cpu", "cpu.max").split(" ", 2);
    return parts.length == 2 ? parts[part] : "";
  }

  private void unified(String file, String value) {
    int dot = file.indexOf('.');
    if (dot <= 0 || file.contains("/")) {
      throw new IllegalArgumentException(
          "linux.resources.unified: \"%s\" is not the name of a cgroup file"
              .formatted(Printable.value(file)));
    }
    writes.add(file.substring(0, dot), file, value);
  }
}
