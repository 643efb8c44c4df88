package dev.berth.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.berth.Stats;
import dev.berth.Stats.Counter;
import dev.berth.Stats.Cpu;
import dev.berth.Stats.Cpuset;
import dev.berth.Stats.Device;
import dev.berth.Stats.Io;
import dev.berth.Stats.Memory;
import dev.berth.Stats.Pressure;
import dev.berth.Stats.Processor;
import dev.berth.Stats.Stall;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Figures as runc has them in its events: what is not counted is 0 or left out, times are
 * nanoseconds but for those of pressure, which are microseconds.
 */
final class StatsJson {
  private static final BigInteger NO_LIMIT_V2 = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  /** The highest number of bytes in whole pages. */
  private static final BigInteger NO_LIMIT_V1 = BigInteger.valueOf(Long.MAX_VALUE & -4096);

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

  private final JsonGenerator json;

  private StatsJson(JsonGenerator json) {
    this.json = json;
  }

  /** The event that carries them, on one line. */
  static String event(String id, Stats stats) {
    return Json.text(json -> {
      json.writeStartObject();
      json.writeStringField("type", "stats");
      json.writeStringField("id", id);
      json.writeObjectFieldStart("data");
      new StatsJson(json).members(stats);
      json.writeEndObject();
      json.writeEndObject();
    });
  }

  /** The event that tells of processes that were killed because there was no memory left. */
  static String outOfMemory(String id) {
    return Json.text(json -> {
      json.writeStartObject();
      json.writeStringField("type", "oom");
      json.writeStringField("id", id);
      json.writeEndObject();
    });
  }

  private void members(Stats stats) throws IOException {
    object("cpu", () -> cpu(stats.cpu()));
    object("cpuset", () -> cpuset(stats.cpuset()));
    object("memory", () -> memory(stats.memory()));
    object(
        "pids",
        () -> {
          unlessZero("current", stats.pids().usage());
          unlessZero("limit", stats.pids().limit());
        });
    object("blkio", () -> blkio(stats.io()));
    object("hugetlb", () -> hugetlb(stats.hugetlb()));
    object("intel_rdt", () -> {});
    json.writeNullField("network_interfaces");
  }

  private void cpu(Cpu cpu) throws IOException {
    object(
        "usage",
        () -> {
          unlessZero("total", nanos(cpu.total()));
          times("percpu", cpu.processors(), Processor::total);
          times("percpu_kernel", cpu.processors(), Processor::system);
          times("percpu_user", cpu.processors(), Processor::user);
          json.writeNumberField("kernel", nanos(cpu.system()));
          json.writeNumberField("user", nanos(cpu.user()));
        });
    object(
        "throttling",
        () -> {
          unlessZero("periods", cpu.periods());
          unlessZero("throttledPeriods", cpu.throttledPeriods());
          unlessZero("throttledTime", nanos(cpu.throttled()));
        });
    pressure(cpu.pressure());
  }

  private void times(String name, List<Processor> processors, Function<Processor, Duration> time)
      throws IOException {
    if (!processors.isEmpty()) {
      json.writeArrayFieldStart(name);
      for (Processor processor : processors) {
        json.writeNumber(time.apply(processor).toNanos());
      }
      json.writeEndArray();
    }
  }

  private void cpuset(Cpuset cpuset) throws IOException {
    numbers("cpus", cpuset.processors());
    json.writeNumberField("cpu_exclusive", detail(cpuset, "cpu_exclusive"));
    numbers("mems", cpuset.memoryNodes());
    for (String name : CPUSET_DETAILS.subList(1, CPUSET_DETAILS.size())) {
      json.writeNumberField(name, detail(cpuset, name));
    }
  }

  private static long detail(Cpuset cpuset, String name) {
    return cpuset.details().getOrDefault(name, 0L);
  }

  private void numbers(String name, List<Integer> numbers) throws IOException {
    if (!numbers.isEmpty()) {
      json.writeArrayFieldStart(name);
      for (int number : numbers) {
        json.writeNumber(number);
      }
      json.writeEndArray();
    }
  }

  private void memory(Memory memory) throws IOException {
    boolean isV1 = memory.details().containsKey("total_cache");
    BigInteger noLimit = isV1 ? NO_LIMIT_V1 : NO_LIMIT_V2;
    unlessZero("cache", memory.file());
    counter("usage", memory.total(), noLimit);
    counter("swap", isV1 ? memory.withSwap() : sum(memory.total(), memory.swap()), noLimit);
    counter("kernel", isV1 ? memory.kernel() : Counter.NONE, noLimit);
    counter("kernelTCP", memory.tcp(), noLimit);
    if (!memory.details().isEmpty()) {
      object(
          "raw",
          () -> {
            for (Map.Entry<String, Long> each : new TreeMap<>(memory.details()).entrySet()) {
              json.writeNumberField(each.getKey(), each.getValue());
            }
          });
    }
    pressure(memory.pressure());
  }

  /** Memory and swap together, which cgroup v2 counts apart. */
  private static Counter sum(Counter memory, Counter swap) {
    return new Counter(
        sum(memory.usage(), swap.usage()),
        OptionalLong.empty(),
        sum(memory.limit(), swap.limit()),
        OptionalLong.empty());
  }

  private static OptionalLong sum(OptionalLong one, OptionalLong other) {
    return one.isPresent() && other.isPresent()
        ? OptionalLong.of(one.getAsLong() + other.getAsLong())
        : OptionalLong.empty();
  }

  private void counter(String name, Counter counter, BigInteger noLimit) throws IOException {
    object(
        name,
        () -> {
          json.writeFieldName("limit");
          json.writeNumber(limit(counter, noLimit));
          unlessZero("usage", counter.usage());
          unlessZero("max", counter.peak());
          json.writeNumberField("failcnt", counter.failures().orElse(0));
        });
  }

  private static BigInteger limit(Counter counter, BigInteger none) {
    if (counter.limit().isPresent()) {
      return BigInteger.valueOf(counter.limit().getAsLong());
    }
    return counter.usage().isPresent() ? none : BigInteger.ZERO;
  }

  private void blkio(Io io) throws IOException {
    if (!io.devices().isEmpty()) {
      json.writeArrayFieldStart("ioServiceBytesRecursive");
      for (Device device : io.devices()) {
        entries(device, device.readBytes(), device.writtenBytes(), device.discardedBytes());
      }
      json.writeEndArray();
      json.writeArrayFieldStart("ioServicedRecursive");
      for (Device device : io.devices()) {
        entries(device, device.reads(), device.writes(), device.discards());
      }
      json.writeEndArray();
    }
    pressure(io.pressure());
  }

  private void entries(
      Device device, OptionalLong reads, OptionalLong writes, OptionalLong discards)
      throws IOException {
    entry(device, "Read", reads);
    entry(device, "Write", writes);
    if (discards.orElse(0) != 0) {
      entry(device, "Discard", discards);
    }
  }

  private void entry(Device device, String operation, OptionalLong value) throws IOException {
    json.writeStartObject();
    unlessZero("major", device.major());
    unlessZero("minor", device.minor());
    json.writeStringField("op", operation);
    unlessZero("value", value);
    json.writeEndObject();
  }

  private void hugetlb(Map<String, Counter> sizes) throws IOException {
    for (Map.Entry<String, Counter> each : new TreeMap<>(sizes).entrySet()) {
      object(
          each.getKey(),
          () -> {
            unlessZero("usage", each.getValue().usage());
            unlessZero("max", each.getValue().peak());
            json.writeNumberField("failcnt", each.getValue().failures().orElse(0));
          });
    }
  }

  private void pressure(Optional<Pressure> pressure) throws IOException {
    if (pressure.isPresent()) {
      object(
          "psi",
          () -> {
            object("some", () -> stall(pressure.get().some()));
            object("full", () -> stall(pressure.get().full()));
          });
    }
  }

  private void stall(Stall stall) throws IOException {
    json.writeNumberField("avg10", stall.avg10());
    json.writeNumberField("avg60", stall.avg60());
    json.writeNumberField("avg300", stall.avg300());
    json.writeNumberField("total", stall.total().toNanos() / 1000);
  }

  private interface Members {
    void write() throws IOException;
  }

  private void object(String name, Members members) throws IOException {
    json.writeObjectFieldStart(name);
    members.write();
    json.writeEndObject();
  }

  private void unlessZero(String name, OptionalLong number) throws IOException {
    unlessZero(name, number.orElse(0));
  }

  private void unlessZero(String name, long number) throws IOException {
    if (number != 0) {
      json.writeNumberField(name, number);
    }
  }

  private static long nanos(Optional<Duration> time) {
    return time.map(Duration::toNanos).orElse(0L);
  }
}
