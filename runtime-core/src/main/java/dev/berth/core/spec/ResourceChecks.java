package dev.berth.core.spec;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.Spec;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks {@code linux.cgroupsPath}, and {@code linux.resources} but for its devices
 * (config-linux.md, "Control groups").
 */
final class ResourceChecks {
  private static final String PATH = "linux.resources.";

  /** 2^64-1, by which engines say that nobody gave a value. */
  private static final long NOT_SET = -1;

  /**
   * Of cgroup v2. A 0 in {@code cgroup.procs} would be the runtime, what makes a frozen container
   * waits for ever, and what is in a threaded cgroup cannot be killed together.
   */
  private static final Set<String> PROCESS_FILES =
      Set.of("cgroup.freeze", "cgroup.kill", "cgroup.procs", "cgroup.threads", "cgroup.type");

  private ResourceChecks() {}

  static void check(Spec spec, Report report) {
    cgroupsPath(spec.linux().cgroupsPath(), report);
    LinuxResources resources = spec.linux().resources();
    memory(resources.memory(), report);
    cpu(resources.cpu(), report);
    blockIO(resources.blockIO(), report);
    hugepages(resources.hugepageLimits(), report);
    resources
        .rdma()
        .forEach((device, limits) -> {
          if (limits.hcaHandles() == null && limits.hcaObjects() == null) {
            report.problem(
                PATH + "rdma[\"%s\"]".formatted(device), "has neither hcaHandles nor hcaObjects");
          }
        });
    resources.unified().keySet().forEach(file -> unified(file, report));
  }

  private static void unified(String file, Report report) {
    String path = PATH + "unified[\"%s\"]".formatted(file);
    if (!file.matches("[^/.]+\\.[^/]+")) {
      report.problem(path, "not the name of a file of a cgroup, such as memory.high");
    } else if (PROCESS_FILES.contains(file)) {
      report.problem(path, "acts on processes or what they can be in, and is no limit");
    }
  }

  private static void cgroupsPath(@Nullable String path, Report report) {
    if (path != null) {
      try {
        new CgroupPath(path);
      } catch (IllegalArgumentException e) {
        report.problem("linux.cgroupsPath", Objects.requireNonNull(e.getMessage()));
      }
    }
  }

  /** 0, which engines write for what they do not limit, is the same as absent. */
  private static void memory(LinuxResources.Memory memory, Report report) {
    bytes("memory.limit", memory.limit(), report);
    bytes("memory.reservation", memory.reservation(), report);
    bytes("memory.swap", memory.swap(), report);
    long limit = memory.limit() == null ? 0 : memory.limit();
    long swap = memory.swap() == null ? 0 : memory.swap();
    if (swap > 0 && limit == 0) {
      report.problem(PATH + "memory.swap", "%s needs a memory.limit".formatted(swap));
    } else if (swap > 0 && swap < limit) {
      report.problem(
          PATH + "memory.swap", "%s is smaller than memory.limit %s".formatted(swap, limit));
    }
    if (memory.swappiness() != null && memory.swappiness() != NOT_SET) {
      report.requireWithin(PATH + "memory.swappiness", memory.swappiness(), 0, 100);
    }
    bytes("memory.kernelTCP", memory.kernelTCP(), report);
    // Not recommended by the specification, and refused by Linux since 5.16.
    if (memory.kernel() != null && memory.kernel() != 0) {
      report.warning(PATH + "memory.kernel", "the kernel has no such limit any more; left out");
    }
  }

  private static void bytes(String name, @Nullable Long bytes, Report report) {
    if (bytes != null && bytes < -1) {
      report.problem(PATH + name, "%s is neither a number of bytes nor -1".formatted(bytes));
    }
  }

  private static void cpu(LinuxResources.Cpu cpu, Report report) {
    processors("cpu.cpus", cpu.cpus(), report);
    processors("cpu.mems", cpu.mems(), report);
    Long quota = cpu.quota();
    Long burst = cpu.burst();
    if (quota != null && quota > 0 && burst != null && Long.compareUnsigned(burst, quota) > 0) {
      report.problem(
          PATH + "cpu.burst",
          "%s is greater than cpu.quota %s".formatted(Long.toUnsignedString(burst), quota));
    }
    if (cpu.idle() != null) {
      report.requireWithin(PATH + "cpu.idle", cpu.idle(), 0, 1);
    }
  }

  private static void processors(String name, @Nullable String list, Report report) {
    if (list != null && NumberList.of(list).isEmpty()) {
      report.problem(PATH + name, "\"%s\" is not a list such as 0-3,7".formatted(list));
    }
  }

  private static void blockIO(LinuxResources.BlockIO blockIO, Report report) {
    weight("blockIO.weight", blockIO.weight(), report);
    weight("blockIO.leafWeight", blockIO.leafWeight(), report);
    List<LinuxResources.WeightDevice> devices = blockIO.weightDevice();
    for (int i = 0; i < devices.size(); i++) {
      LinuxResources.WeightDevice device = devices.get(i);
      String path = "blockIO.weightDevice[%s]".formatted(i);
      disk(path, device.major(), device.minor(), report);
      weight(path + ".weight", device.weight(), report);
      weight(path + ".leafWeight", device.leafWeight(), report);
      if (device.weight() == null && device.leafWeight() == null) {
        report.problem(PATH + path, "has neither weight nor leafWeight");
      }
    }
    throttle("blockIO.throttleReadBpsDevice", blockIO.throttleReadBpsDevice(), report);
    throttle("blockIO.throttleWriteBpsDevice", blockIO.throttleWriteBpsDevice(), report);
    throttle("blockIO.throttleReadIOPSDevice", blockIO.throttleReadIOPSDevice(), report);
    throttle("blockIO.throttleWriteIOPSDevice", blockIO.throttleWriteIOPSDevice(), report);
  }

  private static void throttle(
      String list, List<LinuxResources.ThrottleDevice> devices, Report report) {
    for (int i = 0; i < devices.size(); i++) {
      disk("%s[%s]".formatted(list, i), devices.get(i).major(), devices.get(i).minor(), report);
    }
  }

  private static void disk(String path, long major, long minor, Report report) {
    report.requireWithin(PATH + path + ".major", major, 0, DeviceChecks.MAX_MAJOR);
    report.requireWithin(PATH + path + ".minor", minor, 0, DeviceChecks.MAX_MINOR);
  }

  private static void weight(String name, @Nullable Integer weight, Report report) {
    if (weight != null && weight != 0) {
      report.requireWithin(PATH + name, weight, 10, 1000);
    }
  }

  private static void hugepages(List<LinuxResources.HugepageLimit> limits, Report report) {
    for (int i = 0; i < limits.size(); i++) {
      String size = limits.get(i).pageSize();
      if (!size.matches("[1-9][0-9]*[KMGT]?B")) {
        report.problem(
            PATH + "hugepageLimits[%s].pageSize".formatted(i),
            "\"%s\" is not a size such as 2MB".formatted(size));
      }
    }
  }
}
