package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitHintsTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          cpu,    cpu.rt_runtime_us,      ENOENT,     'this kernel has no real-time scheduling by cgroup (CONFIG_RT_GROUP_SCHED)'
          memory, memory.swap.max,        ENOENT,     'this kernel does not account for swap (CONFIG_SWAP, swapaccount=1)'
          blkio,  blkio.bfq.weight,       ENOENT,     this kernel has no I/O scheduler with weights; the module bfq is one
          io,     io.weight,              ENOENT,     this kernel has no I/O scheduler with weights; the module bfq is one
          memory, memory.zswap.max,       ENOENT,     this kernel has no such limit
          cpu,    cpu.rt_runtime_us,      EINVAL,     'it is more than the period, or than what the cgroup that it lies in has left'
          cpu,    cpu.weight,             EINVAL,     an idle cgroup has none; set cpu.idle to 0
          memory, memory.limit_in_bytes,  EINVAL,     memory alone cannot have more than memory and swap together
          memory, memory.limit_in_bytes,  EBUSY,      'more is in use, and cannot be given back'
          cpuset, cpuset.cpus,            ERANGE,     'this machine does not have all of them, or not in use'
          cpuset, cpuset.mems,            EINVAL,     'this machine does not have all of them, or not in use'
          cpuset, cpuset.cpus,            EACCES,     the cgroup that it lies in does not have all of them
          cpuset, cpuset.cpus,            EBUSY,      'it, or a cgroup in it, uses others'
          io,     io.max,                 ENODEV,     not a whole disk that is there; the numbers are major:minor
          rdma,   rdma.max,               ENODEV,     no such RDMA device is registered
          blkio,  blkio.bfq.weight_device, EOPNOTSUPP, the disk has another I/O scheduler
          pids,   pids.max,               EINVAL,
          memory, memory.max,             EIO,
          memory, memory.max,             ERANGE,
          memory, memory.max,             EACCES,
          """)
  void says_what_it_means(String controller, String file, String errno, @Nullable String hint) {
    assertThat(LimitHints.of(new CgroupWrite(controller, file, "1"), errno).orElse(null))
        .isEqualTo(hint);
  }
}
