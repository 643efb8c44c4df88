package dev.berth.core.spec;

import dev.berth.spec.IdMapping;
import java.util.List;

/** Ranges of ids as user_namespaces(7) has them. */
final class IdRanges {
  /** Linux takes no more (since 4.15). */
  private static final int MAX_RANGES = 340;

  private static final long ALL_IDS = 1L << 32;

  private IdRanges() {}

  static void check(String path, List<IdMapping> ranges, Report report) {
    if (ranges.size() > MAX_RANGES) {
      report.problem(
          path,
          "%d ranges are more than the %d that Linux takes".formatted(ranges.size(), MAX_RANGES));
    }
    for (int i = 0; i < Math.min(ranges.size(), MAX_RANGES); i++) {
      IdMapping range = ranges.get(i);
      String entry = "%s[%d]".formatted(path, i);
      if (range.size() == 0) {
        report.problem(entry + ".size", "0");
      } else if (Math.max(range.containerID(), range.hostID()) + range.size() > ALL_IDS) {
        report.problem(entry, "reaches beyond the id %d".formatted(ALL_IDS - 1));
      }
      for (int j = 0; j < i; j++) {
        if (overlap(range, ranges.get(j))) {
          report.problem(entry, "overlaps %s[%d]".formatted(path, j));
        }
      }
    }
  }

  static boolean contain(List<IdMapping> ranges, long id) {
    return ranges.stream()
        .anyMatch(range -> id >= range.containerID() && id - range.containerID() < range.size());
  }

  private static boolean overlap(IdMapping a, IdMapping b) {
    return overlap(a.containerID(), a.size(), b.containerID(), b.size())
        || overlap(a.hostID(), a.size(), b.hostID(), b.size());
  }

  private static boolean overlap(long a, long sizeOfA, long b, long sizeOfB) {
    return a < b + sizeOfB && b < a + sizeOfA;
  }
}
