package dev.berth.core.systemd;

import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.spec.NumberList;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

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

  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,20}");

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

  private void amount(String property, String value) {
    if (value.equals("max") || value.equals("-1")) {
      properties.put(property, BusValue.number(INFINITY));
    } else {
      number(value).ifPresent(number -> put(property, number));
    }
  }

  private void put(String property, BigInteger number) {
    properties.put(property, BusValue.number(number.longValue()));
  }

  /** {@code quota period} of cpu.max. */
  private void bandwidth(String value) {
    String[] parts = value.split(" ", -1);
    Optional<BigInteger> period =
        number(parts[parts.length - 1]).filter(number -> number.signum() > 0);
    if (parts.length != 2 || period.isEmpty()) {
      return;
    }
    if (parts[0].equals("max")) {
      properties.put("CPUQuotaPerSecUSec", BusValue.number(INFINITY));
    } else {
      number(parts[0])
          .map(quota -> perSecond(quota, period.get()))
          .filter(LimitProperties::fits)
          .ifPresent(perSecond -> put("CPUQuotaPerSecUSec", perSecond));
    }
    put("CPUQuotaPeriodUSec", period.get());
  }

  /** Rounded up: with less, a cgroup inside could not have the quota that is meant. */
  private static BigInteger perSecond(BigInteger quota, BigInteger period) {
    BigInteger unit = period.multiply(PERCENT);
    return quota.multiply(MICROS).add(unit).subtract(BigInteger.ONE).divide(unit).multiply(PERCENT);
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

  private static String ofAllDevices(String weight) {
    return weight.startsWith("default ") ? weight.substring("default ".length()) : weight;
  }

  private void set(String property, String list) {
    NumberList.of(list)
        .ifPresent(numbers -> properties.put(property, BusValue.bytes(numbers.toByteArray())));
  }

  /** A number of 64 bits without a sign; what is none, the kernel refuses. */
  private static Optional<BigInteger> number(String text) {
    return DECIMAL.matcher(text).matches()
        ? Optional.of(new BigInteger(text)).filter(LimitProperties::fits)
        : Optional.empty();
  }

  private static boolean fits(BigInteger number) {
    return number.bitLength() <= Long.SIZE;
  }
}
