package dev.berth.core.cgroup;

import dev.berth.Stats.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What the blkio controller of cgroup v1 has counted. Either of two that share disks among cgroups
 * does so, and a device is missing where neither was at work.
 */
final class BlkioFigures {

  private static final List<String> COUNTED_BY = List.of("blkio.bfq.", "blkio.throttle.");

  private final Figures blkio;
  private final Map<String, Map<String, Long>> bytes;

  BlkioFigures(CgroupContents contents) throws IOException {
    this.blkio = new Figures(contents, "blkio");
    this.bytes = read("io_service_bytes_recursive");
  }

  private Map<String, Map<String, Long>> read(String name) throws IOException {
    for (String prefix : COUNTED_BY) {
      Map<String, Map<String, Long>> devices = byDevice(blkio.words(prefix + name));
      if (!devices.isEmpty()) {
        return devices;
      }
    }
    return Map.of();
  }

  /** {@code 8:0 Read 4096}; the sum at the end, {@code Total 4096}, has no device. */
  private static Map<String, Map<String, Long>> byDevice(List<String[]> lines) {
    Map<String, Map<String, Long>> devices = new LinkedHashMap<>();
    for (String[] words : lines) {
      if (words.length == 3) {
        devices
            .computeIfAbsent(words[0], _ -> new LinkedHashMap<>())
            .put(words[1], Long.valueOf(words[2]));
      }
    }
    return devices;
  }

  List<Device> devices() throws IOException {
    Map<String, Map<String, Long>> operations = read("io_serviced_recursive");
    List<Device> devices = new ArrayList<>();
    bytes.forEach((device, count) -> {
      String[] numbers = device.split(":", 2);
      Map<String, Long> times = operations.getOrDefault(device, Map.of());
      devices.add(
          new Device(
              Long.parseLong(numbers[0]),
              Long.parseLong(numbers[1]),
              Figures.figure(count, "Read"),
              Figures.figure(count, "Write"),
              Figures.figure(count, "Discard"),
              Figures.figure(times, "Read"),
              Figures.figure(times, "Write"),
              Figures.figure(times, "Discard")));
    });
    return devices;
  }

  /** Of all devices; absent where none was counted. */
  OptionalLong bytes(String operation) {
    return bytes.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            bytes.values().stream().mapToLong(each -> each.getOrDefault(operation, 0L)).sum());
  }
}
