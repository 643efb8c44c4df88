package dev.berth.core.cgroup;

import static dev.berth.core.cgroup.Figures.figure;
import static dev.berth.core.cgroup.Figures.nestedFigure;
import static dev.berth.core.cgroup.Figures.time;

import dev.berth.Stats;
import dev.berth.Stats.Counter;
import dev.berth.Stats.Cpu;
import dev.berth.Stats.Cpuset;
import dev.berth.Stats.Device;
import dev.berth.Stats.Events;
import dev.berth.Stats.Io;
import dev.berth.Stats.Memory;
import dev.berth.Stats.Rdma;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The figures of cgroup v2; <a
 * href="https://docs.kernel.org/admin-guide/cgroup-v2.html">Documentation/admin-guide/cgroup-v2.rst</a>.
 * Processor time and pressure are counted everywhere, the rest where there is the controller.
 */
public final class CgroupV2Figures implements CgroupFigures {

  private final CgroupContents all;
  private final Figures files;

  /** Those of this cgroup. */
  public CgroupV2Figures(CgroupContents contents) {
    this.all = contents;
    this.files = new Figures(contents, CgroupWrite.CORE);
  }

  @Override
  public Stats stats(Instant time) throws IOException {
    List<String> controllers = controllers();
    boolean countsMemory = controllers.contains("memory");
    boolean countsPids = controllers.contains("pids");
    return new Stats(
        time,
        cpu(),
        controllers.contains("cpuset") ? cpuset() : new Cpuset(List.of(), List.of(), Map.of()),
        memory(countsMemory),
        countsPids ? counter("pids.current", "pids.peak", "pids.max", "pids.events") : Counter.NONE,
        new Io(devices().orElse(List.of()), files.pressure("io.pressure")),
        controllers.contains("hugetlb") ? hugetlb() : Map.of(),
        controllers.contains("rdma") ? rdma() : Map.of());
  }

  private List<String> controllers() throws IOException {
    return all.read(CgroupWrite.CORE, "cgroup.controllers")
        .map(CgroupText::controllers)
        .orElse(List.of());
  }

  @Override
  public CgroupUsage usage() throws IOException {
    Map<String, Long> cpu = files.keyed("cpu.stat");
    Optional<List<Device>> devices = devices();
    return new CgroupUsage(
        time(cpu, "user_usec", ChronoUnit.MICROS),
        time(cpu, "system_usec", ChronoUnit.MICROS),
        Optional.empty(),
        files.number("memory.peak"),
        sum(devices, Device::readBytes),
        sum(devices, Device::writtenBytes),
        time(cpu, "throttled_usec", ChronoUnit.MICROS),
        files.number("pids.peak"));
  }

  private static OptionalLong sum(
      Optional<List<Device>> devices, Function<Device, OptionalLong> figure) {
    return devices.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            devices.get().stream().mapToLong(each -> figure.apply(each).orElse(0)).sum());
  }

  private Cpu cpu() throws IOException {
    Map<String, Long> stat = files.keyed("cpu.stat");
    return new Cpu(
        time(stat, "usage_usec", ChronoUnit.MICROS),
        time(stat, "user_usec", ChronoUnit.MICROS),
        time(stat, "system_usec", ChronoUnit.MICROS),
        List.of(),
        figure(stat, "nr_periods"),
        figure(stat, "nr_throttled"),
        time(stat, "throttled_usec", ChronoUnit.MICROS),
        files.pressure("cpu.pressure"));
  }

  private Cpuset cpuset() throws IOException {
    return new Cpuset(
        files.numbers("cpuset.cpus.effective"), files.numbers("cpuset.mems.effective"), Map.of());
  }

  /** Of memory alone. */
  Memory memory() throws IOException {
    return memory(controllers().contains("memory"));
  }

  private Memory memory(boolean counted) throws IOException {
    Map<String, Long> stat = counted ? files.keyed("memory.stat") : Map.of();
    Map<String, Long> events = counted ? files.keyed("memory.events") : Map.of();
    Counter total =
        counted
            ? counter("memory.current", "memory.peak", "memory.max", figure(events, "max"))
            : Counter.NONE;
    Counter swap =
        counted
            ? counter(
                "memory.swap.current", "memory.swap.peak", "memory.swap.max", "memory.swap.events")
            : Counter.NONE;
    return new Memory(
        total,
        counted ? files.number("memory.low") : OptionalLong.empty(),
        workingSet(total.usage(), figure(stat, "inactive_file")),
        figure(stat, "anon"),
        figure(stat, "file"),
        swap,
        Counter.NONE,
        new Counter(
            figure(stat, "kernel"),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty()),
        Counter.NONE,
        events(events),
        files.pressure("memory.pressure"),
        stat);
  }

  /** The two are read one after the other, so that the second can be the larger one. */
  static OptionalLong workingSet(OptionalLong usage, OptionalLong inactiveFile) {
    return usage.isPresent() && inactiveFile.isPresent()
        ? OptionalLong.of(Math.max(0, usage.getAsLong() - inactiveFile.getAsLong()))
        : OptionalLong.empty();
  }

  private static Events events(Map<String, Long> events) {
    return new Events(
        figure(events, "low"),
        figure(events, "high"),
        figure(events, "max"),
        figure(events, "oom"),
        figure(events, "oom_kill"),
        figure(events, "oom_group_kill"));
  }

  /** Empty without the io controller. */
  private Optional<List<Device>> devices() throws IOException {
    return files
        .nested("io.stat")
        .map(stat ->
            stat.entrySet().stream()
                .filter(
                    each -> each.getValue().containsKey("rbytes")) // other disks have no figures
                .map(each -> device(each.getKey().split(":", 2), each.getValue()))
                .toList());
  }

  private static Device device(String[] numbers, Map<String, OptionalLong> stat) {
    return new Device(
        Long.parseLong(numbers[0]),
        Long.parseLong(numbers[1]),
        nestedFigure(stat, "rbytes"),
        nestedFigure(stat, "wbytes"),
        nestedFigure(stat, "dbytes"),
        nestedFigure(stat, "rios"),
        nestedFigure(stat, "wios"),
        nestedFigure(stat, "dios"));
  }

  private Map<String, Counter> hugetlb() throws IOException {
    Map<String, Counter> counters = new HashMap<>();
    for (String size : HugePages.sizes(all, CgroupWrite.CORE)) {
      String name = "hugetlb." + size;
      counters.put(
          size,
          new Counter(
              files.number(name + ".current"),
              OptionalLong.empty(),
              files.number(name + ".max"),
              figure(files.keyed(name + ".events"), "max")));
    }
    return counters;
  }

  private Map<String, Rdma> rdma() throws IOException {
    return RdmaFigures.of(files);
  }

  private Counter counter(String usage, String peak, String limit, String events)
      throws IOException {
    return counter(usage, peak, limit, figure(files.keyed(events), "max"));
  }

  private Counter counter(String usage, String peak, String limit, OptionalLong failures)
      throws IOException {
    return new Counter(files.number(usage), files.number(peak), files.number(limit), failures);
  }
}
