package dev.berth.core.systemd;

import dev.berth.core.cgroup.CgroupWrite;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits in the words of systemd, which otherwise writes its own to the same files whenever it
 * reloads. They are translated from what is written to the files: so both say the same, and a limit
 * that systemd has no word for is in the files alone.
 */
public final class LimitProperties {
  /** {@code infinity} in the file of a unit. */
  private static final long INFINITY = -1;

  /** The kernel's, in microseconds. */
  private static final String USUAL_PERIOD = "100000";

  private static final BigInteger MICROS = BigInteger.valueOf(1_000_000);

  /** Of a second: systemd keeps whole percents of a processor. */
  private static final BigInteger PERCENT = BigInteger.valueOf(10_000);

  private final Map<String, BusValue> properties = new LinkedHashMap<>();

  private LimitProperties() {}

  /** Those for {@code writes}. */
  public static List<UnitProperty> of(List<CgroupWrite> writes) {
    LimitProperties limits = new LimitProperties();
    writes.forEach(limits::add);
    limits.bandwidthV1(writes);
    List<UnitProperty> properties = new ArrayList<>();
    limits.properties.forEach((name, value) -> properties.add(new UnitProperty(name, value)));
    return properties;
  }

  private void add(CgroupWrite write) {
    String value = write.value().strip();
    switch (write.file()) {
      case "memory.max" -> amount("MemoryMax", value);
      case "memory.high" -> amount("MemoryHigh", value);
      case "memory.low" -> amount("MemoryLow", value);
      case "memory.min" -> amount("MemoryMin", value);
      case "memory.swap.max" -> amount("MemorySwapMax", value);
      case "memory.zswap.max" -> amount("MemoryZSwapMax", value);
      case "memory.limit_in_bytes" -> amount("MemoryLimit", value);
      case "pids.max" -> amount("TasksMax", value);
      case "cpu.weight" -> amount("CPUWeight", value);
      case "cpu.shares" -> amount("CPUShares", value);
      case "cpu.max" -> bandwidth(value);
      case "cpu.idle" -> idle(value);
      case "io.weight" -> amount("IOWeight", ofAllDevices(value));
      case "blkio.weight" -> amount("BlockIOWeight", value);
      case "cpuset.cpus" -> set("AllowedCPUs", value);
      case "cpuset.mems" -> set("AllowedMemoryNodes", value);
      default -> {
        // The file alone has it.
      }
    }
  }

  private void amount(String property, @Nullable String value) {
    if (value == null) {
      return;
    }
    if (value.equals("max") || value.equals("-1")) {
      properties.put(property, BusValue.number(INFINITY));
    } else if (isNumber(value)) {
      properties.put(property, BusValue.number(Long.parseUnsignedLong(value)));
    }
  }

  /** {@code quota period} of cpu.max. */
  private void bandwidth(String value) {
    String[] parts = value.split(" ", -1);
    if (parts.length != 2 || !isNumber(parts[1])) {
      return;
    }
    long period = Long.parseUnsignedLong(parts[1]);
    if (parts[0].equals("max")) {
      properties.put("CPUQuotaPerSecUSec", BusValue.number(INFINITY));
    } else if (isNumber(parts[0]) && period > 0) {
      BigInteger perSecond =
          new BigInteger(parts[0])
              .multiply(MICROS)
              // Rounded up: with less, a cgroup inside could not have the quota that is meant.
              .add(BigInteger.valueOf(period).multiply(PERCENT).subtract(BigInteger.ONE))
              .divide(BigInteger.valueOf(period).multiply(PERCENT))
              .multiply(PERCENT);
      properties.put("CPUQuotaPerSecUSec", BusValue.number(perSecond.longValue()));
    }
    properties.put("CPUQuotaPeriodUSec", BusValue.number(period));
  }

  /** Cgroup v1 has a file for each of the two. */
  private void bandwidthV1(List<CgroupWrite> writes) {
    Optional<String> quota = value(writes, "cpu.cfs_quota_us");
    Optional<String> period = value(writes, "cpu.cfs_period_us");
    if (quota.isPresent()) {
      bandwidth(
          (quota.get().equals("-1") ? "max" : quota.get()) + " " + period.orElse(USUAL_PERIOD));
    }
  }

  private static Optional<String> value(List<CgroupWrite> writes, String file) {
    return writes.stream()
        .filter(write -> write.file().equals(file))
        .map(write -> write.value().strip())
        .findFirst();
  }

  /** What systemd calls the weight "idle". */
  private void idle(String value) {
    if (value.equals("1")) {
      properties.put("CPUWeight", BusValue.number(0));
    }
  }

  private static @Nullable String ofAllDevices(String weight) {
    String value = weight.startsWith("default ") ? weight.substring("default ".length()) : weight;
    return isNumber(value) ? value : null;
  }

  /** A bit for each number of a list such as {@code 0-2,5}. */
  private void set(String property, String list) {
    BitSet numbers = new BitSet();
    for (String range : list.split(",", -1)) {
      String[] ends = range.strip().split("-", 2);
      if (!isNumber(ends[0]) || !isNumber(ends[ends.length - 1])) {
        return;
      }
      numbers.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
    }
    properties.put(property, BusValue.bytes(numbers.toByteArray()));
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() < 21
        && text.chars().allMatch(character -> character >= '0' && character <= '9');
  }
}
