package dev.berth.core.spec;

import dev.berth.spec.IdMapping;
import java.util.List;

/** Ranges of ids as user_namespaces(7) has them. */
final class IdRanges {
  /** Linux takes no more (since 4.15). */
  private static final int MAX_RANGES = 340;

  /** What setresuid(2) takes for "leave it as it is", so that it is nobody's id. */
  static final long NO_ID = (1L << 32) - 1;

  private IdRanges() {}

  static void check(String path, List<IdMapping> ranges, Report report) {
    if (ranges.size() > MAX_RANGES) {
      report.problem(
          path,
          "%s ranges are more than the %s that Linux takes".formatted(ranges.size(), MAX_RANGES));
    }
    for (int i = 0; i < Math.min(ranges.size(), MAX_RANGES); i++) {
      IdMapping range = ranges.get(i);
      String entry = "%s[%s]".formatted(path, i);
      if (range.size() == 0) {
        report.problem(entry + ".size", "0");
      } else if (Math.max(range.containerID(), range.hostID()) + range.size() > NO_ID) {
        report.problem(entry, "reaches beyond the id %s".formatted(NO_ID - 1));
      }
      for (int j = 0; j < i; j++) {
        if (overlap(range, ranges.get(j))) {
          report.problem(entry, "overlaps %s[%s]".formatted(path, j));
          break;
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
