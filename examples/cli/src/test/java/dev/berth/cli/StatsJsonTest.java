package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Stats;
import dev.berth.Stats.Counter;
import dev.berth.Stats.Cpu;
import dev.berth.Stats.Cpuset;
import dev.berth.Stats.Device;
import dev.berth.Stats.Events;
import dev.berth.Stats.Io;
import dev.berth.Stats.Memory;
import dev.berth.Stats.Pressure;
import dev.berth.Stats.Stall;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Names, units, and what is left out, as runc has them with cgroup v2. */
class StatsJsonTest {
  private static final Optional<Pressure> PRESSURE =
      Optional.of(
          new Pressure(
              new Stall(1.5, 0.25, 0, Duration.of(1234, ChronoUnit.MICROS)),
              new Stall(0, 0, 0, Duration.ZERO)));
  private static final String PSI =
      "\"psi\":{\"some\":{\"avg10\":1.5,\"avg60\":0.25,\"avg300\":0.0,\"total\":1234},"
          + "\"full\":{\"avg10\":0.0,\"avg60\":0.0,\"avg300\":0.0,\"total\":0}}";
  private static final OptionalLong NONE = OptionalLong.empty();

  private static OptionalLong some(long number) {
    return OptionalLong.of(number);
  }

  private static Optional<Duration> micros(long micros) {
    return Optional.of(Duration.of(micros, ChronoUnit.MICROS));
  }

  /** What follows the name of a member. */
  private static String json(String name) {
    Cpu cpu =
        new Cpu(
            micros(3000),
            micros(2000),
            micros(1000),
            List.of(),
            some(7),
            some(2),
            micros(40),
            PRESSURE);
    Memory memory =
        new Memory(
            new Counter(some(4096), some(8192), some(1 << 20), some(5)),
            NONE,
            NONE,
            NONE,
            some(100),
            new Counter(some(10), NONE, NONE, NONE),
            Counter.NONE,
            Counter.NONE,
            Counter.NONE,
            Events.NONE,
            PRESSURE,
            Map.of("anon", 9L));
    Device device = new Device(8, 0, some(512), some(0), some(0), some(1), some(0), some(0));
    Stats stats =
        new Stats(
            Instant.EPOCH,
            cpu,
            new Cpuset(List.of(), List.of(), Map.of()),
            memory,
            new Counter(some(1), NONE, some(32), NONE),
            new Io(List.of(device), PRESSURE),
            Map.of("2MB", new Counter(some(2 << 20), some(4 << 20), NONE, some(3))),
            Map.of());
    String event = StatsJson.event("a", stats);
    String member = "\"" + name + "\":";
    return event.substring(event.indexOf(member) + member.length());
  }

  @Test
  void processor_time_is_in_nanoseconds_and_pressure_in_microseconds() {
    assertThat(json("cpu"))
        .startsWith(
            "{\"usage\":{\"total\":3000000,\"kernel\":1000000,\"user\":2000000},"
                + "\"throttling\":{\"periods\":7,\"throttledPeriods\":2,\"throttledTime\":40000},"
                + PSI
                + "}");
  }

  @Test
  void memory_without_a_limit_has_the_largest_number() {
    assertThat(json("memory"))
        .startsWith(
            "{\"cache\":100,"
                + "\"usage\":{\"limit\":1048576,\"usage\":4096,\"max\":8192,\"failcnt\":5},"
                + "\"swap\":{\"limit\":18446744073709551615,\"usage\":4106,\"failcnt\":0},"
                + "\"kernel\":{\"limit\":0,\"failcnt\":0},"
                + "\"kernelTCP\":{\"limit\":0,\"failcnt\":0},"
                + "\"raw\":{\"anon\":9},"
                + PSI
                + "}");
  }

  @Test
  void bytes_and_operations_are_those_of_devices() {
    assertThat(json("pids")).startsWith("{\"current\":1,\"limit\":32}");
    assertThat(json("blkio"))
        .startsWith(
            "{\"ioServiceBytesRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":512},"
                + "{\"major\":8,\"op\":\"Write\"}],"
                + "\"ioServicedRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":1},"
                + "{\"major\":8,\"op\":\"Write\"}],"
                + PSI
                + "}");
    assertThat(json("hugetlb"))
        .startsWith("{\"2MB\":{\"usage\":2097152,\"max\":4194304,\"failcnt\":3}}");
  }
}
