package dev.berth.core.cgroup;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The huge pages that the kernel counts, which each cgroup has files for. */
final class HugePages {

  private static final Pattern LIMIT = Pattern.compile("hugetlb\\.([^.]+)\\.(max|limit_in_bytes)");

  private HugePages() {}

  /**
   * Their sizes, as they are in the names of the files: {@code 2MB}.
   *
   * @param controller beside whose files they are
   */
  static List<String> sizes(CgroupContents contents, String controller) throws IOException {
    return contents.files(controller).stream()
        .map(LIMIT::matcher)
        .filter(Matcher::matches)
        .map(limit -> limit.group(1))
        .sorted()
        .toList();
  }
}
