package dev.berth.core.cgroup;

import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.BlockIO;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.HugepageLimit;
import dev.berth.spec.LinuxResources.InterfacePriority;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Network;
import dev.berth.spec.LinuxResources.Pids;
import dev.berth.spec.LinuxResources.ThrottleDevice;
import dev.berth.spec.LinuxResources.WeightDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A change of some limits of a container. What it does not mention stays as it is; and engines
 * mention with 0 what they do not mean, as everywhere.
 *
 * @param before all that the container has
 * @param mentioned what is to change
 */
public record ResourceChange(LinuxResources before, LinuxResources mentioned) {

  /**
   * What is to be set. The specification limits memory and swap together, on either version of
   * cgroups; so who changes the memory alone leaves that limit as it is, and what is swap is the
   * rest of it. Memory without limit is swap without limit, too.
   */
  public LinuxResources effective() {
    Memory memory = mentioned.memory();
    Long limit = meant(memory.limit());
    Long both = meant(memory.swap());
    Long bothBefore = meant(before.memory().swap());
    if (limit != null && both == null && bothBefore != null) {
      both = limit < 0 ? Long.valueOf(-1) : bothBefore;
    }
    return mentioned.withMemory(
        new Memory(
            limit,
            memory.reservation(),
            both,
            memory.kernel(),
            memory.kernelTCP(),
            memory.swappiness(),
            memory.disableOOMKiller(),
            memory.useHierarchy(),
            or(memory.checkBeforeUpdate(), before.memory().checkBeforeUpdate())));
  }

  /** All that the container has then. */
  public LinuxResources merged() {
    LinuxResources change = effective();
    return new LinuxResources(
        change.devices().isEmpty() ? before.devices() : change.devices(),
        memory(before.memory(), change.memory()),
        cpu(before.cpu(), change.cpu()),
        new Pids(or(change.pids().limit(), before.pids().limit())),
        blockIO(before.blockIO(), change.blockIO()),
        merged(before.hugepageLimits(), change.hugepageLimits(), HugepageLimit::pageSize),
        network(before.network(), change.network()),
        merged(before.rdma(), change.rdma()),
        merged(before.unified(), change.unified()));
  }

  private static Memory memory(Memory before, Memory change) {
    return new Memory(
        orMeant(change.limit(), before.limit()),
        orMeant(change.reservation(), before.reservation()),
        orMeant(change.swap(), before.swap()),
        orMeant(change.kernel(), before.kernel()),
        orMeant(change.kernelTCP(), before.kernelTCP()),
        or(change.swappiness(), before.swappiness()),
        or(change.disableOOMKiller(), before.disableOOMKiller()),
        or(change.useHierarchy(), before.useHierarchy()),
        change.checkBeforeUpdate());
  }

  private static Cpu cpu(Cpu before, Cpu change) {
    return new Cpu(
        orMeant(change.shares(), before.shares()),
        orMeant(change.quota(), before.quota()),
        or(change.burst(), before.burst()),
        orMeant(change.period(), before.period()),
        orMeant(change.realtimeRuntime(), before.realtimeRuntime()),
        orMeant(change.realtimePeriod(), before.realtimePeriod()),
        or(change.cpus(), before.cpus()),
        or(change.mems(), before.mems()),
        or(change.idle(), before.idle()));
  }

  private static BlockIO blockIO(BlockIO before, BlockIO change) {
    return new BlockIO(
        orMeant(change.weight(), before.weight()),
        orMeant(change.leafWeight(), before.leafWeight()),
        merged(before.weightDevice(), change.weightDevice(), ResourceChange::numbers),
        throttle(before, change, BlockIO::throttleReadBpsDevice),
        throttle(before, change, BlockIO::throttleWriteBpsDevice),
        throttle(before, change, BlockIO::throttleReadIOPSDevice),
        throttle(before, change, BlockIO::throttleWriteIOPSDevice));
  }

  private static List<ThrottleDevice> throttle(
      BlockIO before, BlockIO change, Function<BlockIO, List<ThrottleDevice>> property) {
    return merged(property.apply(before), property.apply(change), ResourceChange::numbers);
  }

  private static Network network(Network before, Network change) {
    return new Network(
        orMeant(change.classID(), before.classID()),
        merged(before.priorities(), change.priorities(), InterfacePriority::name));
  }

  private static String numbers(WeightDevice device) {
    return device.major() + ":" + device.minor();
  }

  private static String numbers(ThrottleDevice device) {
    return device.major() + ":" + device.minor();
  }

  private static <T, K> List<T> merged(List<T> before, List<T> change, Function<T, K> key) {
    Map<K, T> all = new LinkedHashMap<>();
    before.forEach(each -> all.put(key.apply(each), each));
    change.forEach(each -> all.put(key.apply(each), each));
    return new ArrayList<>(all.values());
  }

  private static <T> Map<String, T> merged(Map<String, T> before, Map<String, T> change) {
    Map<String, T> all = new LinkedHashMap<>(before);
    all.putAll(change);
    return all;
  }

  private static <T> @Nullable T or(@Nullable T change, @Nullable T before) {
    return change == null ? before : change;
  }

  private static <N extends Number> @Nullable N orMeant(@Nullable N change, @Nullable N before) {
    return or(meant(change), before);
  }

  private static <N extends Number> @Nullable N meant(@Nullable N value) {
    return value == null || value.longValue() == 0 ? null : value;
  }
}
