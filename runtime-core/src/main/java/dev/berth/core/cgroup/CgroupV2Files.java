package dev.berth.core.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Limits as files of cgroup v2 (config-linux.md, "Control groups"). What is absent, and what
 * engines mean by 0, is not written. For devices, which have no file here, see {@link
 * DeviceProgram}.
 */
public final class CgroupV2Files {

  /** What the kernel takes when {@code cpu.max} names no period. */
  private static final long DEFAULT_PERIOD = 100_000;

  private CgroupV2Files() {}

  /**
   * What is to be written, in order.
   *
   * @throws UnsupportedFeatureException if something is asked that only cgroup v1 has
   * @throws IllegalArgumentException if limits of memory and swap contradict each other
   */
  public static List<CgroupWrite> of(LinuxResources resources) {
    refuseWhatOnlyV1Has(resources);
    CgroupWrites writes = new CgroupWrites();
    memory(resources.memory(), writes);
    cpu(resources.cpu(), writes);
    writes.cpuset(resources.cpu());
    writes.pids(resources.pids());
    writes.hugetlb(resources.hugepageLimits(), "max");
    resources.rdma().forEach(writes::rdma);
    // Last, so that what is said in the terms of this version holds.
    resources.unified().forEach((file, value) -> unified(file, value, writes));
    return writes.list();
  }

  private static void refuseWhatOnlyV1Has(LinuxResources resources) {
    Memory memory = resources.memory();
    Cpu cpu = resources.cpu();
    refuse(memory.swappiness() != null && memory.swappiness() >= 0, "memory.swappiness");
    refuse(Boolean.TRUE.equals(memory.disableOOMKiller()), "memory.disableOOMKiller");
    refuse(CgroupWrites.isSet(cpu.realtimeRuntime()), "cpu.realtimeRuntime");
    refuse(CgroupWrites.isSet(cpu.realtimePeriod()), "cpu.realtimePeriod");
    refuse(CgroupWrites.isSet(resources.network().classID()), "network.classID");
    refuse(!resources.network().priorities().isEmpty(), "network.priorities");
  }

  private static void refuse(boolean asked, String property) {
    if (asked) {
      throw new UnsupportedFeatureException(
          "linux.resources.%s: cgroup v2 has no such limit; leave it out".formatted(property));
    }
  }

  private static void memory(Memory memory, CgroupWrites writes) {
    writes.signedOrMax("memory", "memory.max", memory.limit());
    Long swap = swapAlone(memory);
    if (swap != null) { // 0 is a limit here: no swap at all
      writes.add("memory", "memory.swap.max", CgroupWrites.orMax(swap));
    }
    writes.signedOrMax("memory", "memory.low", memory.reservation());
  }

  /** The specification has memory and swap together, as cgroup v1; cgroup v2 counts swap alone. */
  private static @Nullable Long swapAlone(Memory memory) {
    Long both = memory.swap();
    Long limit = memory.limit();
    if (both == null || both == 0) {
      return null;
    }
    if (both < 0) {
      return both;
    }
    if (limit == null || limit <= 0) {
      throw new IllegalArgumentException(
          "linux.resources.memory.swap: %d without a memory.limit to subtract".formatted(both));
    }
    if (both < limit) {
      throw new IllegalArgumentException(
          "linux.resources.memory.swap: %d is smaller than memory.limit %d".formatted(both, limit));
    }
    return both - limit;
  }

  private static void cpu(Cpu cpu, CgroupWrites writes) {
    // Weight before idle: an idle cgroup refuses it. Quota before burst, which it bounds.
    Long shares = cpu.shares();
    if (shares != null && shares != 0) {
      writes.add("cpu", "cpu.weight", Long.toString(CpuWeight.ofShares(shares)));
    }
    bandwidth(cpu, writes);
    writes.unsigned("cpu", "cpu.max.burst", cpu.burst());
    writes.text("cpu", "cpu.idle", cpu.idle());
  }

  private static void bandwidth(Cpu cpu, CgroupWrites writes) {
    long quota = Objects.requireNonNullElse(cpu.quota(), 0L);
    long period = Objects.requireNonNullElse(cpu.period(), 0L);
    if (quota != 0 || period != 0) {
      writes.add(
          "cpu",
          "cpu.max",
          (quota > 0 ? Long.toString(quota) : "max")
              + " "
              + Long.toUnsignedString(period == 0 ? DEFAULT_PERIOD : period));
    }
  }

  private static void unified(String file, String value, CgroupWrites writes) {
    int dot = file.indexOf('.');
    if (dot <= 0 || file.contains("/")) {
      throw new IllegalArgumentException(
          "linux.resources.unified: \"%s\" is not the name of a cgroup file".formatted(file));
    }
    writes.add(file.substring(0, dot), file, value);
  }
}
