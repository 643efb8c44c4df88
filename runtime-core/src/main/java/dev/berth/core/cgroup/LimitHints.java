package dev.berth.core.cgroup;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What it means that the kernel does not take a limit, and what to do about it. */
public final class LimitHints {

  private static final String DISK = "not a whole disk that is there; the numbers are major:minor";

  private static final String NOT_THERE = "this machine does not have all of them, or not in use";

  private static final String DEVICES =
      "to change device rules in cgroup v1 requires CAP_SYS_ADMIN in the first user namespace, and a"
          + " cgroup can allow only what the one that it lies in allows";

  private static final String BANDWIDTH =
      "a quota and a period are at least 1000 microseconds, a period at most 1000000, a burst at most"
          + " the quota; and no cgroup has more than the one that it lies in";

  private LimitHints() {}

  /**
   * What to say besides the error.
   *
   * @param errno the name of the error, such as {@code EINVAL}
   * @return nothing if the error says it all
   */
  public static Optional<String> of(CgroupWrite write, String errno) {
    return Optional.ofNullable(
        switch (errno) {
          case "ENOENT" -> missing(write.file());
          case "EINVAL" -> invalid(write.file());
          case "ERANGE" -> isSet(write.file()) ? NOT_THERE : null;
          case "EACCES" ->
              isSet(write.file()) ? "the cgroup that it lies in does not have all of them" : null;
          case "EBUSY" -> busy(write.file());
          case "EPERM" -> write.controller().equals("devices") ? DEVICES : null;
          case "ENODEV" -> noDevice(write.controller());
          case "EOPNOTSUPP" ->
              write.file().contains("weight") ? "the disk has another I/O scheduler" : null;
          default -> null;
        });
  }

  private static boolean isSet(String file) {
    return file.equals("cpuset.cpus") || file.equals("cpuset.mems");
  }

  private static String missing(String file) {
    if (file.contains(".weight")) {
      return "this kernel has no I/O scheduler with weights; the module bfq is one";
    }
    return switch (file) {
      case "cpu.rt_period_us", "cpu.rt_runtime_us" ->
          "this kernel has no real-time scheduling by cgroup (CONFIG_RT_GROUP_SCHED)";
      case "memory.memsw.limit_in_bytes", "memory.swap.max" ->
          "this kernel does not account for swap (CONFIG_SWAP, swapaccount=1)";
      default -> "this kernel has no such limit";
    };
  }

  private static @Nullable String invalid(String file) {
    return switch (file) {
      case "cpu.max",
          "cpu.max.burst",
          "cpu.cfs_quota_us",
          "cpu.cfs_period_us",
          "cpu.cfs_burst_us" ->
          BANDWIDTH;
      case "cpu.rt_runtime_us", "cpu.rt_period_us" ->
          "it is more than the period, or than what the cgroup that it lies in has left";
      case "cpu.shares", "cpu.weight" -> "an idle cgroup has none; set cpu.idle to 0";
      case "cpuset.cpus", "cpuset.mems" -> NOT_THERE;
      case "memory.limit_in_bytes", "memory.memsw.limit_in_bytes" ->
          "memory alone cannot have more than memory and swap together";
      default -> null;
    };
  }

  private static @Nullable String busy(String file) {
    return switch (file) {
      case "memory.limit_in_bytes", "memory.memsw.limit_in_bytes" ->
          "more is in use, and cannot be given back";
      case "cpu.rt_runtime_us" -> "it has real-time processes";
      case "cpuset.cpus", "cpuset.mems" -> "it, or a cgroup in it, uses others";
      default -> null;
    };
  }

  private static @Nullable String noDevice(String controller) {
    return switch (controller) {
      case "io", "blkio" -> DISK;
      case "rdma" -> "no such RDMA device is registered";
      case "net_prio" -> "no such network interface";
      default -> null;
    };
  }
}
