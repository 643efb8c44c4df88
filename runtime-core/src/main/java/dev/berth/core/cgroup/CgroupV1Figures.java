package dev.berth.core.cgroup;

import static dev.berth.core.cgroup.Figures.figure;
import static dev.berth.core.cgroup.Figures.time;

import dev.berth.Stats;
import dev.berth.Stats.Counter;
import dev.berth.Stats.Cpu;
import dev.berth.Stats.Cpuset;
import dev.berth.Stats.Events;
import dev.berth.Stats.Io;
import dev.berth.Stats.Memory;
import dev.berth.Stats.Processor;
import dev.berth.Stats.Rdma;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The figures of cgroup v1; <a
 * href="https://docs.kernel.org/admin-guide/cgroup-v1/">Documentation/admin-guide/cgroup-v1</a>.
 * Where the tree of cgroup v2 is mounted beside it, that counts processor time in finer units, and
 * pressure; and memory, if the kernel has the controller there alone.
 */
public final class CgroupV1Figures implements CgroupFigures {

  /** {@code cpuacct.stat} counts in units of USER_HZ, which is 100 on every architecture here. */
  private static final Duration TICK = Duration.ofMillis(10);

  private static final List<String> CPUSET_DETAILS =
      List.of(
          "cpu_exclusive",
          "mem_hardwall",
          "mem_exclusive",
          "memory_migrate",
          "memory_spread_page",
          "memory_spread_slab",
          "memory_pressure",
          "sched_load_balance",
          "sched_relax_domain_level");

  private final CgroupContents all;
  private final Figures unified;
  private final Figures cpuacct;
  private final Figures memory;
  private final Figures pids;

  /** Those of this cgroup. */
  public CgroupV1Figures(CgroupContents contents) {
    this.all = contents;
    this.unified = new Figures(contents, CgroupWrite.CORE);
    this.cpuacct = new Figures(contents, "cpuacct");
    this.memory = new Figures(contents, "memory");
    this.pids = new Figures(contents, "pids");
  }

  @Override
  public Stats stats(Instant time) throws IOException {
    return new Stats(
        time,
        cpu(),
        cpuset(),
        memory(),
        new Counter(
            pids.number("pids.current"),
            pids.number("pids.peak"),
            pids.number("pids.max"),
            figure(pids.keyed("pids.events"), "max")),
        new Io(new BlkioFigures(all).devices(), unified.pressure("io.pressure")),
        hugetlb(),
        rdma());
  }

  @Override
  public CgroupUsage usage() throws IOException {
    CpuTime cpu = cpuTime();
    BlkioFigures io = new BlkioFigures(all);
    return new CgroupUsage(
        cpu.user(),
        cpu.system(),
        Optional.empty(),
        peakMemory(),
        io.bytes("Read"),
        io.bytes("Write"),
        throttled(new Figures(all, "cpu").keyed("cpu.stat")),
        pids.number("pids.peak"));
  }

  private OptionalLong peakMemory() throws IOException {
    OptionalLong peak = memory.number("memory.max_usage_in_bytes");
    return peak.isPresent() ? peak : unified.number("memory.peak");
  }

  private record CpuTime(Optional<Duration> user, Optional<Duration> system) {}

  private CpuTime cpuTime() throws IOException {
    Map<String, Long> fine = unified.keyed("cpu.stat");
    if (fine.containsKey("user_usec")) {
      return new CpuTime(
          time(fine, "user_usec", ChronoUnit.MICROS), time(fine, "system_usec", ChronoUnit.MICROS));
    }
    Map<String, Long> ticks = cpuacct.keyed("cpuacct.stat");
    return new CpuTime(ticks(ticks, "user"), ticks(ticks, "system"));
  }

  private static Optional<Duration> ticks(Map<String, Long> numbers, String key) {
    return Optional.ofNullable(numbers.get(key)).map(TICK::multipliedBy);
  }

  private static Optional<Duration> throttled(Map<String, Long> stat) {
    return time(stat, "throttled_time", ChronoUnit.NANOS);
  }

  private Cpu cpu() throws IOException {
    CpuTime time = cpuTime();
    Map<String, Long> stat = new Figures(all, "cpu").keyed("cpu.stat");
    return new Cpu(
        cpuacct.nanos("cpuacct.usage"),
        time.user(),
        time.system(),
        processors(),
        figure(stat, "nr_periods"),
        figure(stat, "nr_throttled"),
        throttled(stat),
        unified.pressure("cpu.pressure"));
  }

  /** {@code cpuacct.usage_all} has a heading. */
  private List<Processor> processors() throws IOException {
    List<String[]> totals = cpuacct.words("cpuacct.usage_percpu");
    List<String[]> split = cpuacct.words("cpuacct.usage_all");
    List<Processor> processors = new ArrayList<>();
    for (int i = 1; i < split.size(); i++) {
      String[] userAndSystem = split.get(i);
      processors.add(
          new Processor(
              nanos(totals.getFirst()[i - 1]), nanos(userAndSystem[1]), nanos(userAndSystem[2])));
    }
    return processors;
  }

  private static Duration nanos(String number) {
    return Duration.ofNanos(Long.parseLong(number));
  }

  private Cpuset cpuset() throws IOException {
    Figures cpuset = new Figures(all, "cpuset");
    Map<String, Long> details = new HashMap<>();
    for (String name : CPUSET_DETAILS) {
      Optional<String> value = all.read("cpuset", "cpuset." + name);
      value.ifPresent(number -> details.put(name, Long.valueOf(number.strip())));
    }
    return new Cpuset(cpuset.numbers("cpuset.cpus"), cpuset.numbers("cpuset.mems"), details);
  }

  private Memory memory() throws IOException {
    Map<String, Long> stat = memory.keyed("memory.stat");
    Counter total = counter(memory, "memory");
    if (total.usage().isEmpty()) {
      return new CgroupV2Figures(all).memory();
    }
    OptionalLong none = OptionalLong.empty();
    return new Memory(
        total,
        memory.number("memory.soft_limit_in_bytes"),
        CgroupV2Figures.workingSet(total.usage(), figure(stat, "total_inactive_file")),
        figure(stat, "total_rss"),
        figure(stat, "total_cache"),
        new Counter(figure(stat, "total_swap"), none, none, none),
        counter(memory, "memory.memsw"),
        counter(memory, "memory.kmem"),
        counter(memory, "memory.kmem.tcp"),
        new Events(
            none, none, none, none, figure(memory.keyed("memory.oom_control"), "oom_kill"), none),
        unified.pressure("memory.pressure"),
        stat);
  }

  private Map<String, Counter> hugetlb() throws IOException {
    Map<String, Counter> counters = new HashMap<>();
    for (String size : HugePages.sizes(all, "hugetlb")) {
      Counter counter = counter(new Figures(all, "hugetlb"), "hugetlb." + size);
      if (counter.usage().isPresent()) {
        counters.put(size, counter);
      }
    }
    return counters;
  }

  private Map<String, Rdma> rdma() throws IOException {
    return RdmaFigures.of(new Figures(all, "rdma"));
  }

  private static Counter counter(Figures files, String name) throws IOException {
    return new Counter(
        files.number(name + ".usage_in_bytes"),
        files.number(name + ".max_usage_in_bytes"),
        files.number(name + ".limit_in_bytes"),
        files.number(name + ".failcnt"));
  }
}
