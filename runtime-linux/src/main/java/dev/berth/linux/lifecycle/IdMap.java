package dev.berth.linux.lifecycle;

import dev.berth.spec.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@code /proc/PID/uid_map} or {@code gid_map} says; user_namespaces(7).
 *
 * @param ranges in the order of the ids inside
 */
record IdMap(List<IdMapping> ranges) {

  IdMap {
    ranges = ranges.stream().sorted(Comparator.comparingLong(IdMapping::containerID)).toList();
  }

  static IdMap read(Path file) throws IOException {
    return new IdMap(
        Files.readAllLines(file).stream()
            .map(line -> line.strip().split(" +", 3))
            .map(fields ->
                new IdMapping(
                    Long.parseLong(fields[0]),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2])))
            .toList());
  }

  /** Whether all ids of the range are there; Linux wants them in one range of the map. */
  boolean has(long first, long count) {
    return ranges.stream()
        .anyMatch(range ->
            first >= range.containerID() && first + count <= range.containerID() + range.size());
  }

  /** Whether it maps one id, and that to {@code id}. */
  boolean isOnly(long id) {
    return ranges.size() == 1 && ranges.getFirst().size() == 1 && ranges.getFirst().hostID() == id;
  }

  /** {@code 0 100000 65536}, several joined by a comma. */
  @Override
  public String toString() {
    return ranges.stream()
        .map(each -> "%s %s %s".formatted(each.containerID(), each.hostID(), each.size()))
        .collect(Collectors.joining(", "));
  }
}
