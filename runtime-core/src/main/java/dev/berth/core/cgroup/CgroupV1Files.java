package dev.berth.core.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Network;
import java.util.List;

/**
 * Limits as files of cgroup v1 (config-linux.md, "Control groups"). What is absent, and what
 * engines mean by 0, is not written. For devices see {@link DeviceAllowList}.
 */
public final class CgroupV1Files {

  private CgroupV1Files() {}

  /**
   * What is to be written, in order.
   *
   * @throws UnsupportedFeatureException if something is asked that only cgroup v2 has
   */
  public static List<CgroupWrite> of(LinuxResources resources) {
    if (!resources.unified().isEmpty()) {
      throw new UnsupportedFeatureException(
          "linux.resources.unified: cgroup v1 has no such files; use the other properties");
    }
    CgroupWrites writes = new CgroupWrites();
    memory(resources.memory(), writes);
    cpu(resources.cpu(), writes);
    writes.cpuset(resources.cpu());
    writes.pids(resources.pids());
    writes.hugetlb(resources.hugepageLimits(), "limit_in_bytes");
    network(resources.network(), writes);
    resources.rdma().forEach(writes::rdma);
    return writes.list();
  }

  private static void memory(Memory memory, CgroupWrites writes) {
    // At no moment may limit be above memsw. A new cgroup has no limit, so this order is right.
    writes.signed("memory", "memory.limit_in_bytes", memory.limit());
    writes.signed("memory", "memory.memsw.limit_in_bytes", memory.swap());
    writes.signed("memory", "memory.soft_limit_in_bytes", memory.reservation());
    Long swappiness = memory.swappiness();
    if (swappiness != null && swappiness >= 0) { // 2^64-1 is how engines write "not set"
      writes.add("memory", "memory.swappiness", swappiness.toString());
    }
    if (Boolean.TRUE.equals(memory.disableOOMKiller())) {
      writes.add("memory", "memory.oom_control", "1");
    }
  }

  private static void cpu(Cpu cpu, CgroupWrites writes) {
    // Shares before idle: an idle cgroup refuses them. Quota before burst: which it bounds.
    writes.unsigned("cpu", "cpu.shares", cpu.shares());
    writes.unsigned("cpu", "cpu.cfs_period_us", cpu.period());
    writes.signed("cpu", "cpu.cfs_quota_us", cpu.quota());
    writes.unsigned("cpu", "cpu.cfs_burst_us", cpu.burst());
    writes.unsigned("cpu", "cpu.rt_period_us", cpu.realtimePeriod());
    writes.signed("cpu", "cpu.rt_runtime_us", cpu.realtimeRuntime());
    writes.text("cpu", "cpu.idle", cpu.idle());
  }

  private static void network(Network network, CgroupWrites writes) {
    writes.unsigned("net_cls", "net_cls.classid", network.classID());
    network
        .priorities()
        .forEach(priority ->
            writes.add(
                "net_prio", "net_prio.ifpriomap", priority.name() + " " + priority.priority()));
  }
}
