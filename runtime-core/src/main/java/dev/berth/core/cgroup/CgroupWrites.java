package dev.berth.core.cgroup;

import dev.berth.spec.LinuxResources;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers writes, and knows the files that are the same in both versions. */
final class CgroupWrites {

  private final List<CgroupWrite> writes = new ArrayList<>();

  void add(String controller, String file, String value) {
    writes.add(new CgroupWrite(controller, file, value));
  }

  /** Nothing for {@code null}. */
  void text(String controller, String file, @Nullable Object value) {
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
    text("cpuset", "cpuset.cpus", cpu.cpus());
    text("cpuset", "cpuset.mems", cpu.mems());
  }

  /**
   * With the reservation limited too, one page too many is ENOMEM at mmap(2), not SIGBUS later.
   *
   * @param suffix of the file that has the limit
   */
  void hugetlb(List<LinuxResources.HugepageLimit> limits, String suffix) {
    for (LinuxResources.HugepageLimit limit : limits) {
      String value = Long.toUnsignedString(limit.limit());
      add("hugetlb", "hugetlb.%s.rsvd.%s".formatted(limit.pageSize(), suffix), value);
      add("hugetlb", "hugetlb.%s.%s".formatted(limit.pageSize(), suffix), value);
    }
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

  /** Whether an engine means anything by it. */
  static boolean isSet(@Nullable Long value) {
    return value != null && value != 0;
  }
}
