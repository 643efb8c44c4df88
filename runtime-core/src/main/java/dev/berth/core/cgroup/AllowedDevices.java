package dev.berth.core.cgroup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which devices a cgroup of v1 allows that forbids all others: lines such as {@code c 1:3 rwm}. The
 * kernel keeps one for each device, and adds accesses to it or takes them away.
 */
final class AllowedDevices {

  /** The letters of the accesses, by type and numbers. */
  private final Map<String, String> devices = new LinkedHashMap<>();

  /**
   * Reads {@code devices.list}.
   *
   * @return empty for a cgroup that allows what it does not name: its exceptions are not in the
   *     file
   */
  static Optional<AllowedDevices> parse(String list) {
    AllowedDevices allowed = new AllowedDevices();
    for (String line : list.lines().toList()) {
      if (line.startsWith("a ")) {
        return Optional.empty();
      }
      allowed.allow(line);
    }
    return Optional.of(allowed);
  }

  void allow(String line) {
    devices.merge(device(line), access(line), (before, more) -> before + less(more, before));
  }

  void deny(String line) {
    devices.computeIfPresent(device(line), (_, before) -> less(before, access(line)));
  }

  /** The lines that these have and {@code others} have not. */
  List<String> without(AllowedDevices others) {
    List<String> lines = new ArrayList<>();
    devices.forEach((device, access) -> {
      String rest = less(access, others.devices.getOrDefault(device, ""));
      if (!rest.isEmpty()) {
        lines.add(device + " " + rest);
      }
    });
    return lines;
  }

  private static String device(String line) {
    return line.substring(0, line.lastIndexOf(' '));
  }

  private static String access(String line) {
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  /** The letters of {@code access} that {@code without} has not. */
  private static String less(String access, String without) {
    return access
        .chars()
        .filter(letter -> without.indexOf(letter) < 0)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
