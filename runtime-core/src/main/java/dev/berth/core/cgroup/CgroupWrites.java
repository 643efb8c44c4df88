package dev.berth.core.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers writes to a cgroup, and knows the files that are the same in both versions. */
final class CgroupWrites {

  private final CgroupContents contents;
  private final List<CgroupWrite> writes = new ArrayList<>();

  CgroupWrites(CgroupContents contents) {
    this.contents = contents;
  }

  /** Whether the cgroup has such a file. */
  boolean has(String controller, String file) throws IOException {
    return contents.read(controller, file).isPresent();
  }

  /** The number in a file; 0 where there is none. */
  long number(String controller, String file) throws IOException {
    String text = text(controller, file);
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  /** What is in a file, without the end of the line; empty where there is none. */
  String text(String controller, String file) throws IOException {
    return contents.read(controller, file).orElse("").strip();
  }

  void add(String controller, String file, String value) {
    writes.add(new CgroupWrite(controller, file, value));
  }

  /** Nothing for {@code null}. */
  void given(String controller, String file, @Nullable Object value) {
    if (value != null) {
      add(controller, file, value.toString());
    }
  }

  /** Nothing for {@code null}, nor for 0, by which engines mean the same. */
  void unsigned(String controller, String file, @Nullable Long value) {
    if (value != null && value != 0) {
      add(controller, file, Long.toUnsignedString(value));
    }
  }

  /** Nothing for {@code null}, nor for 0; -1 is none, in a file of cgroup v1. */
  void signed(String controller, String file, @Nullable Long value) {
    if (value != null && value != 0) {
      add(controller, file, value.toString());
    }
  }

  /** Nothing for {@code null}, nor for 0; {@code max} for -1, in a file of cgroup v2. */
  void signedOrMax(String controller, String file, @Nullable Long value) {
    if (value != null && value != 0) {
      add(controller, file, orMax(value));
    }
  }

  /** A pids.max of 0 is written as 1, the least that systemd's TasksMax knows; neither can fork. */
  void pids(LinuxResources.Pids pids) {
    Long limit = pids.limit();
    if (limit != null) {
      add("pids", "pids.max", orMax(limit == 0 ? 1 : limit));
    }
  }

  void cpuset(LinuxResources.Cpu cpu) {
    given("cpuset", "cpuset.cpus", cpu.cpus());
    given("cpuset", "cpuset.mems", cpu.mems());
  }

  /**
   * With the reservation limited too, one page too many is ENOMEM at mmap(2), not SIGBUS later.
   *
   * @param suffix of the file that has the limit
   * @throws UnsupportedFeatureException if the kernel has no pages of a size
   */
  void hugetlb(List<LinuxResources.HugepageLimit> limits, String suffix) throws IOException {
    for (int i = 0; i < limits.size(); i++) {
      String prefix = "hugetlb." + limits.get(i).pageSize() + ".";
      String value = Long.toUnsignedString(limits.get(i).limit());
      if (!has("hugetlb", prefix + suffix)) {
        throw noSuchSize(i, limits.get(i).pageSize());
      }
      if (has("hugetlb", prefix + "rsvd." + suffix)) {
        add("hugetlb", prefix + "rsvd." + suffix, value);
      }
      add("hugetlb", prefix + suffix, value);
    }
  }

  private UnsupportedFeatureException noSuchSize(int index, String pageSize) throws IOException {
    return new UnsupportedFeatureException(
        "linux.resources.hugepageLimits[%s].pageSize: \"%s\": the kernel has no pages of this size (but of %s)"
            .formatted(index, pageSize, String.join(", ", HugePages.sizes(contents, "hugetlb"))));
  }

  void rdma(String device, LinuxResources.Rdma limit) {
    StringBuilder line = new StringBuilder(device);
    if (limit.hcaHandles() != null) {
      line.append(" hca_handle=").append(limit.hcaHandles());
    }
    if (limit.hcaObjects() != null) {
      line.append(" hca_object=").append(limit.hcaObjects());
    }
    add("rdma", "rdma.max", line.toString());
  }

  List<CgroupWrite> list() {
    return List.copyOf(writes);
  }

  /** A limit as cgroup v2 writes it. */
  static String orMax(long limit) {
    return limit < 0 ? "max" : Long.toString(limit);
  }

  /** A number that has no sign, as text. */
  static @Nullable String asUnsigned(@Nullable Long value) {
    return value == null ? null : Long.toUnsignedString(value);
  }

  /** What is absent and what is 0 are mostly the same, as engines write them. */
  static long orZero(@Nullable Number value) {
    return value == null ? 0 : value.longValue();
  }
}
