package dev.berth.core.cgroup;

import dev.berth.Problem;
import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Network;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Limits as files of cgroup v1 (config-linux.md, "Control groups"). What is absent, and what
 * engines mean by 0, is not written. For devices see {@link DeviceAllowList}.
 */
public final class CgroupV1Files {
  /** Deprecated since Linux 6.12, whose successors may have it no more. */
  private static final String TCP = "memory.kmem.tcp.limit_in_bytes";

  private final LinuxResources resources;
  private final CgroupWrites writes;

  private CgroupV1Files(LinuxResources resources, CgroupContents contents) {
    this.resources = resources;
    this.writes = new CgroupWrites(contents);
  }

  /**
   * What is to be written, in order.
   *
   * @param contents of the cgroup
   * @throws UnsupportedFeatureException if something is asked that only cgroup v2 has, or that this
   *     kernel has not
   * @throws IOException if the contents cannot be read, or memory in use is more than a limit that
   *     is to be checked before
   */
  public static List<CgroupWrite> of(LinuxResources resources, CgroupContents contents)
      throws IOException {
    if (!resources.unified().isEmpty()) {
      throw new UnsupportedFeatureException(
          "linux.resources.unified: cgroup v1 has no such files; use the other properties");
    }
    return new CgroupV1Files(resources, contents).all();
  }

  /**
   * What is asked for and this kernel may have no file for: it is not written then.
   *
   * @param existing whether the cgroups of the memory controller have a file of this name
   */
  public static List<Problem> leftOut(LinuxResources resources, Predicate<String> existing) {
    return CgroupWrites.orZero(resources.memory().kernelTCP()) == 0 || existing.test(TCP)
        ? List.of()
        : List.of(
            new Problem(
                "linux.resources.memory.kernelTCP", "this kernel has no such limit; left out"));
  }

  private List<CgroupWrite> all() throws IOException {
    memory(resources.memory());
    cpu(resources.cpu());
    writes.cpuset(resources.cpu());
    writes.pids(resources.pids());
    BlockIoV1.add(resources.blockIO(), writes);
    writes.hugetlb(resources.hugepageLimits(), "limit_in_bytes");
    network(resources.network());
    resources.rdma().forEach(writes::rdma);
    return writes.list();
  }

  private void memory(Memory memory) throws IOException {
    if (Boolean.TRUE.equals(memory.checkBeforeUpdate())) {
      MemoryInUse.require(
          memory,
          writes.number("memory", "memory.usage_in_bytes"),
          writes.number("memory", "memory.memsw.usage_in_bytes"));
    }
    if (Boolean.TRUE.equals(memory.useHierarchy())
        && writes.has("memory", "memory.use_hierarchy")) { // where not, it is always so
      writes.add("memory", "memory.use_hierarchy", "1");
    }
    // At no moment may limit be above memsw. A new cgroup has no limit, so this order is right.
    writes.signed("memory", "memory.limit_in_bytes", memory.limit());
    swap(memory);
    writes.signed("memory", "memory.soft_limit_in_bytes", memory.reservation());
    if (writes.has("memory", TCP)) {
      writes.signed("memory", TCP, memory.kernelTCP());
    }
    Long swappiness = memory.swappiness();
    if (swappiness != null && swappiness >= 0) { // 2^64-1 is how engines write "not set"
      writes.add("memory", "memory.swappiness", swappiness.toString());
    }
    killer(memory.disableOOMKiller());
  }

  /** Engines write {@code false} for what nobody asked for, and so it mostly is already. */
  private void killer(@Nullable Boolean disabled) throws IOException {
    String file = "memory.oom_control";
    if (Boolean.TRUE.equals(disabled)) {
      writes.add("memory", file, "1");
    } else if (Boolean.FALSE.equals(disabled)
        && CgroupText.count(writes.text("memory", file), "oom_kill_disable") == 1) {
      writes.add("memory", file, "0");
    }
  }

  /** Memory without limit is swap without limit, too: there could be no other limit of both. */
  private void swap(Memory memory) throws IOException {
    String file = "memory.memsw.limit_in_bytes";
    boolean unlimited =
        CgroupWrites.orZero(memory.swap()) == 0 && CgroupWrites.orZero(memory.limit()) < 0;
    if (!unlimited) {
      writes.signed("memory", file, memory.swap());
    } else if (writes.has("memory", file)) {
      writes.add("memory", file, "-1");
    }
  }

  private void cpu(Cpu cpu) {
    // Idle first: as long as it is 1, the kernel refuses shares.
    writes.given("cpu", "cpu.idle", cpu.idle());
    if (CgroupWrites.orZero(cpu.idle()) == 0) {
      writes.unsigned("cpu", "cpu.shares", cpu.shares());
    }
    // Quota before burst, which it bounds.
    writes.unsigned("cpu", "cpu.cfs_period_us", cpu.period());
    writes.signed("cpu", "cpu.cfs_quota_us", cpu.quota());
    writes.given("cpu", "cpu.cfs_burst_us", CgroupWrites.asUnsigned(cpu.burst()));
    writes.unsigned("cpu", "cpu.rt_period_us", cpu.realtimePeriod());
    writes.signed("cpu", "cpu.rt_runtime_us", cpu.realtimeRuntime());
  }

  private void network(Network network) {
    writes.unsigned("net_cls", "net_cls.classid", network.classID());
    network
        .priorities()
        .forEach(priority ->
            writes.add(
                "net_prio", "net_prio.ifpriomap", priority.name() + " " + priority.priority()));
  }
}
