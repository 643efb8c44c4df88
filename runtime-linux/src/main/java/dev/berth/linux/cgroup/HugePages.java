package dev.berth.linux.cgroup;

import java.io.File;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The huge pages of this machine, which are the same as long as it runs. */
final class HugePages {

  private static final File DIRECTORY = new File("/sys/kernel/mm/hugepages");
  private static final String PREFIX = "hugepages-";
  private static final String SUFFIX = "kB";

  /** Their sizes, as the kernel has them in names of files; none where it has no huge pages. */
  static final List<String> SIZES =
      Stream.of(Objects.requireNonNullElse(DIRECTORY.list(), new String[0]))
          .map(name -> name.substring(PREFIX.length(), name.length() - SUFFIX.length()))
          .mapToLong(Long::parseLong)
          .sorted()
          .mapToObj(HugePages::name)
          .toList();

  private HugePages() {}

  private static String name(long kib) {
    if (kib >= 1 << 20) {
      return (kib >> 20) + "GB";
    }
    return kib >= 1 << 10 ? (kib >> 10) + "MB" : kib + "KB";
  }
}
