package dev.berth.cli;

import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.BlockIO;
import dev.berth.spec.LinuxResources.Cpu;
import dev.berth.spec.LinuxResources.Memory;
import dev.berth.spec.LinuxResources.Network;
import dev.berth.spec.LinuxResources.Pids;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Limits, one by one. */
final class LimitOptions {
  private static final String BYTES = "BYTES";
  private static final String MICROS = "MICROSECONDS";

  @Option(
      names = "--blkio-weight",
      paramLabel = "WEIGHT",
      description = "Share of disks against other containers, 10 to 1000.")
  private @Nullable Integer blkioWeight;

  @Option(names = "--cpu-period", paramLabel = MICROS, description = "What the quota is of.")
  private @Nullable Long cpuPeriod;

  @Option(
      names = "--cpu-quota",
      paramLabel = MICROS,
      description = "Processor time in a period; -1 for no limit.")
  private @Nullable Long cpuQuota;

  @Option(
      names = "--cpu-burst",
      paramLabel = MICROS,
      description = "Quota that may be saved up for later.")
  private @Nullable Long cpuBurst;

  @Option(
      names = "--cpu-share",
      paramLabel = "SHARES",
      description = "Share of processor time against other containers, 2 to 262144.")
  private @Nullable Long cpuShare;

  @Option(
      names = "--cpu-rt-period",
      paramLabel = MICROS,
      description = "The same period for real-time processes.")
  private @Nullable Long cpuRtPeriod;

  @Option(
      names = "--cpu-rt-runtime",
      paramLabel = MICROS,
      description = "The same quota for real-time processes.")
  private @Nullable Long cpuRtRuntime;

  @Option(names = "--cpuset-cpus", paramLabel = "LIST", description = "Processors, such as 0-3,7.")
  private @Nullable String cpusetCpus;

  @Option(names = "--cpuset-mems", paramLabel = "LIST", description = "Memory nodes.")
  private @Nullable String cpusetMems;

  @Option(
      names = "--cpu-idle",
      paramLabel = "0|1",
      description = "1 for processor time that nobody else wants.")
  private @Nullable Long cpuIdle;

  @Option(
      names = "--memory",
      paramLabel = BYTES,
      converter = ByteSize.class,
      description = "Memory, such as 512m; -1 for no limit.")
  private @Nullable Long memory;

  @Option(
      names = "--memory-reservation",
      paramLabel = BYTES,
      converter = ByteSize.class,
      description = "Memory that is kept for it when there is not enough.")
  private @Nullable Long memoryReservation;

  @Option(
      names = "--memory-swap",
      paramLabel = BYTES,
      converter = ByteSize.class,
      description = "Memory and swap together; -1 for no limit.")
  private @Nullable Long memorySwap;

  @Option(
      names = "--pids-limit",
      paramLabel = "COUNT",
      description = "Processes and threads; -1 for no limit.")
  private @Nullable Long pidsLimit;

  /** Which the kernel has no longer; runc takes them, and says so, too. */
  @Option(
      names = {"--kernel-memory", "--kernel-memory-tcp"},
      hidden = true,
      converter = ByteSize.class)
  private @Nullable Long kernelMemory;

  /** What they say; the rest is absent. */
  LinuxResources resources() {
    return new LinuxResources(
        List.of(),
        new Memory(
            memory, memoryReservation, memorySwap, kernelMemory, null, null, null, null, null),
        new Cpu(
            unsigned("--cpu-share", cpuShare),
            cpuQuota,
            unsigned("--cpu-burst", cpuBurst),
            unsigned("--cpu-period", cpuPeriod),
            cpuRtRuntime,
            unsigned("--cpu-rt-period", cpuRtPeriod),
            cpusetCpus,
            cpusetMems,
            cpuIdle),
        new Pids(pidsLimit),
        new BlockIO(blkioWeight, null, List.of(), List.of(), List.of(), List.of(), List.of()),
        List.of(),
        Network.NONE,
        Map.of(),
        Map.of());
  }

  private static @Nullable Long unsigned(String option, @Nullable Long value) {
    if (value != null && value < 0) {
      throw new IllegalArgumentException("%s: %s is negative".formatted(option, value));
    }
    return value;
  }
}
