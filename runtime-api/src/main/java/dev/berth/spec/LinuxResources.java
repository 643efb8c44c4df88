package dev.berth.spec;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code linux.resources}: the limits of the container's control group (config-linux.md, "Control
 * groups").
 *
 * @param devices what the container may do with devices, in this order
 * @param memory limits of memory
 * @param cpu limits of processor time, and which processors
 * @param pids limit of the number of tasks
 * @param blockIO weights and limits of block devices
 * @param hugepageLimits limits of huge pages
 * @param network class and priorities of network packets, cgroup v1 only
 * @param rdma limits by name of the RDMA device
 * @param unified contents of files of cgroup v2 by file name, written as they are
 */
public record LinuxResources(
    List<DeviceRule> devices,
    Memory memory,
    Cpu cpu,
    Pids pids,
    BlockIO blockIO,
    List<HugepageLimit> hugepageLimits,
    Network network,
    Map<String, Rdma> rdma,
    Map<String, String> unified) {
  /** No limit and no rule. */
  public static final LinuxResources NONE =
      new LinuxResources(
          List.of(),
          Memory.NONE,
          Cpu.NONE,
          Pids.NONE,
          BlockIO.NONE,
          List.of(),
          Network.NONE,
          Map.of(),
          Map.of());

  /** Copies the lists and maps. */
  public LinuxResources {
    devices = Absent.asEmpty(devices);
    memory = Objects.requireNonNullElse(memory, Memory.NONE);
    cpu = Objects.requireNonNullElse(cpu, Cpu.NONE);
    pids = Objects.requireNonNullElse(pids, Pids.NONE);
    blockIO = Objects.requireNonNullElse(blockIO, BlockIO.NONE);
    hugepageLimits = Absent.asEmpty(hugepageLimits);
    network = Objects.requireNonNullElse(network, Network.NONE);
    rdma = Absent.asEmpty(rdma);
    unified = Absent.asEmpty(unified);
  }

  /** These limits with these device rules and no others. */
  public LinuxResources withDevices(List<DeviceRule> devices) {
    return new LinuxResources(
        devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
  }

  /** These limits with others of memory. */
  public LinuxResources withMemory(Memory memory) {
    return new LinuxResources(
        devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
  }

  /** These limits with others of processor time. */
  public LinuxResources withCpu(Cpu cpu) {
    return new LinuxResources(
        devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
  }

  /** These limits with another of the number of tasks. */
  public LinuxResources withPids(Pids pids) {
    return new LinuxResources(
        devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
  }

  /** These limits with others of disks. */
  public LinuxResources withBlockIO(BlockIO blockIO) {
    return new LinuxResources(
        devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
  }

  /** These limits with others of huge pages. */
  public LinuxResources withHugepageLimits(List<HugepageLimit> hugepageLimits) {
    return new LinuxResources(
        devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
  }

  /** These limits with other marks and priorities of packets. */
  public LinuxResources withNetwork(Network network) {
    return new LinuxResources(
        devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
  }

  /** These limits with others of RDMA, by device. */
  public LinuxResources withRdma(Map<String, Rdma> rdma) {
    return new LinuxResources(
        devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
  }

  /** These limits with other files of cgroup v2, by name. */
  public LinuxResources withUnified(Map<String, String> unified) {
    return new LinuxResources(
        devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
  }

  /**
   * Limits in bytes, where -1 means none (config-linux.md, "Memory").
   *
   * @param limit of memory
   * @param reservation what is kept for the group when memory is short
   * @param swap of memory and swap together, as cgroup v1 has it; v2 counts swap alone, so the
   *     difference to {@code limit} is what gets written
   * @param kernel of kernel memory; not recommended, the kernel knows it no longer
   * @param kernelTCP of TCP buffers; not recommended, cgroup v1 only
   * @param swappiness 0 to 100: how readily pages are swapped out, cgroup v1 only
   * @param disableOOMKiller whether a task over the limit waits instead of dying, cgroup v1 only
   * @param useHierarchy whether child groups count towards this one, cgroup v1 only
   * @param checkBeforeUpdate whether a limit below the current use is refused
   */
  public record Memory(
      @Nullable Long limit,
      @Nullable Long reservation,
      @Nullable Long swap,
      @Nullable Long kernel,
      @Nullable Long kernelTCP,
      @Unsigned(64) @Nullable Long swappiness,
      @Nullable Boolean disableOOMKiller,
      @Nullable Boolean useHierarchy,
      @Nullable Boolean checkBeforeUpdate) {
    /** Nothing is limited. */
    public static final Memory NONE =
        new Memory(null, null, null, null, null, null, null, null, null);
  }

  /**
   * Processor time, in microseconds where it is a time (config-linux.md, "CPU").
   *
   * @param shares weight against other groups; 1024 is the kernel's default, and 0 is the same as
   *     absent
   * @param quota how long all tasks together may run within a {@code period}; 0 or less for no
   *     limit
   * @param burst how much unused quota may be saved up
   * @param period the length of a period; the kernel's default is 100000
   * @param realtimeRuntime as {@code quota}, for real-time scheduling, cgroup v1 only
   * @param realtimePeriod as {@code period}, for real-time scheduling, cgroup v1 only
   * @param cpus which processors, such as {@code 0-3,7}; {@code null} for all
   * @param mems which memory nodes, in the same form; {@code null} for all
   * @param idle 1 for less weight than any group has, 0 for the default
   */
  public record Cpu(
      @Unsigned(64) @Nullable Long shares,
      @Nullable Long quota,
      @Unsigned(64) @Nullable Long burst,
      @Unsigned(64) @Nullable Long period,
      @Nullable Long realtimeRuntime,
      @Unsigned(64) @Nullable Long realtimePeriod,
      @Nullable String cpus,
      @Nullable String mems,
      @Nullable Long idle) {
    /** Nothing is limited. */
    public static final Cpu NONE = new Cpu(null, null, null, null, null, null, null, null, null);

    /** Takes the values as they are. */
    public Cpu {
      cpus = Absent.ifEmpty(cpus);
      mems = Absent.ifEmpty(mems);
    }
  }

  /**
   * The number of tasks (config-linux.md, "PIDs").
   *
   * @param limit how many processes and threads may be alive; -1 for no limit
   */
  public record Pids(@Nullable Long limit) {
    /** Nothing is limited. */
    public static final Pids NONE = new Pids(null);
  }

  /**
   * Block devices (config-linux.md, "Block IO"). Weights are 10 to 1000; 0, which engines write, is
   * the same as absent.
   *
   * @param weight share against other groups on every device without an entry of its own
   * @param leafWeight share of the group's own tasks against its child groups, cgroup v1 only
   * @param weightDevice shares by device
   * @param throttleReadBpsDevice bytes read a second, by device
   * @param throttleWriteBpsDevice bytes written a second, by device
   * @param throttleReadIOPSDevice reads a second, by device
   * @param throttleWriteIOPSDevice writes a second, by device
   */
  public record BlockIO(
      @Unsigned(16) @Nullable Integer weight,
      @Unsigned(16) @Nullable Integer leafWeight,
      List<WeightDevice> weightDevice,
      List<ThrottleDevice> throttleReadBpsDevice,
      List<ThrottleDevice> throttleWriteBpsDevice,
      List<ThrottleDevice> throttleReadIOPSDevice,
      List<ThrottleDevice> throttleWriteIOPSDevice) {
    /** Nothing is limited. */
    public static final BlockIO NONE =
        new BlockIO(null, null, List.of(), List.of(), List.of(), List.of(), List.of());

    /** Copies the lists. */
    public BlockIO {
      weightDevice = Absent.asEmpty(weightDevice);
      throttleReadBpsDevice = Absent.asEmpty(throttleReadBpsDevice);
      throttleWriteBpsDevice = Absent.asEmpty(throttleWriteBpsDevice);
      throttleReadIOPSDevice = Absent.asEmpty(throttleReadIOPSDevice);
      throttleWriteIOPSDevice = Absent.asEmpty(throttleWriteIOPSDevice);
    }
  }

  /**
   * The share of a block device.
   *
   * @param major its major number
   * @param minor its minor number
   * @param weight as in {@link BlockIO#weight()}
   * @param leafWeight as in {@link BlockIO#leafWeight()}
   */
  public record WeightDevice(
      @Required long major,
      @Required long minor,
      @Unsigned(16) @Nullable Integer weight,
      @Unsigned(16) @Nullable Integer leafWeight) {}

  /**
   * The limit of a block device.
   *
   * @param major its major number
   * @param minor its minor number
   * @param rate bytes or operations a second
   */
  public record ThrottleDevice(
      @Required long major, @Required long minor, @Required @Unsigned(64) long rate) {}

  /**
   * The limit of huge pages of one size (config-linux.md, "Huge page limits").
   *
   * @param pageSize their size, such as {@code 64KB}, {@code 2MB} or {@code 1GB}, in powers of 1024
   * @param limit bytes in such pages
   */
  public record HugepageLimit(@Required String pageSize, @Required @Unsigned(64) long limit) {
    /** Takes the values as they are. */
    public HugepageLimit {
      Objects.requireNonNull(pageSize, "pageSize");
    }
  }

  /**
   * Network packets, cgroup v1 only (config-linux.md, "Network").
   *
   * @param classID the class that net_cls tags packets with
   * @param priorities what net_prio gives packets, by interface
   */
  public record Network(@Unsigned(32) @Nullable Long classID, List<InterfacePriority> priorities) {
    /** Nothing is set. */
    public static final Network NONE = new Network(null, List.of());

    /** Copies the list. */
    public Network {
      priorities = Absent.asEmpty(priorities);
    }
  }

  /**
   * The priority of packets on one interface.
   *
   * @param name the interface, on the host
   * @param priority the priority
   */
  public record InterfacePriority(@Required String name, @Required @Unsigned(32) long priority) {
    /** Takes the values as they are. */
    public InterfacePriority {
      Objects.requireNonNull(name, "name");
    }
  }

  /**
   * The limits of an RDMA device; at least one is given (config-linux.md, "RDMA").
   *
   * @param hcaHandles how many handles may be open
   * @param hcaObjects how many objects may be made
   */
  public record Rdma(
      @Unsigned(32) @Nullable Long hcaHandles, @Unsigned(32) @Nullable Long hcaObjects) {}
}
