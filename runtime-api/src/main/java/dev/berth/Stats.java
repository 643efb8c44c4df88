package dev.berth;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a container uses, and has used since it was made: the accounts that the kernel keeps of its
 * cgroup, with every process that was ever in it, also those that nobody waited for.
 *
 * <p>What is not counted is absent, and never 0: with cgroup v2 there are figures of memory,
 * processes and I/O only where every cgroup above hands the controller down; with cgroup v1, Linux
 * 6.10 and newer count I/O only on disks that have a limit for some cgroup; many figures are
 * younger than Linux 5.14. Of a container without a cgroup everything is absent.
 *
 * @param time when the figures were read, one after the other
 * @param cpu processor time
 * @param cpuset processors and memory nodes
 * @param memory memory
 * @param pids processes and threads
 * @param io what block devices have done
 * @param hugetlb huge pages in bytes, by their size as the kernel writes it: {@code 2MB}
 * @param rdma what it has of RDMA devices, by their names
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">Control Group v2</a>
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v1/">Control Groups version 1</a>
 */
public record Stats(
    Instant time,
    Cpu cpu,
    Cpuset cpuset,
    Memory memory,
    Counter pids,
    Io io,
    Map<String, Counter> hugetlb,
    Map<String, Rdma> rdma) {

  /** Copies the maps. */
  public Stats {
    hugetlb = Map.copyOf(hugetlb);
    rdma = Map.copyOf(rdma);
  }

  /**
   * Something of which there is a number now, and perhaps a limit. In bytes, or of {@link #pids} in
   * processes and threads.
   *
   * @param usage now
   * @param peak the most there was at once
   * @param limit the most there may be; absent where there is none, or it cannot be told
   * @param failures how often the limit stood in the way
   */
  public record Counter(
      OptionalLong usage, OptionalLong peak, OptionalLong limit, OptionalLong failures) {

    /** Of what nobody counts. */
    public static final Counter NONE =
        new Counter(
            OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
  }

  /**
   * Processor time.
   *
   * @param total of all processors
   * @param user in programs; with {@link #system} it is the total, split by samples
   * @param system in the kernel on their behalf
   * @param processors by processor, from the first on; with cgroup v1 alone
   * @param periods for which a limit of processor time was enforced
   * @param throttledPeriods in which it was used up
   * @param throttled how long processes had to wait for it, summed over processors
   * @param pressure waiting for a processor
   */
  public record Cpu(
      Optional<Duration> total,
      Optional<Duration> user,
      Optional<Duration> system,
      List<Processor> processors,
      OptionalLong periods,
      OptionalLong throttledPeriods,
      Optional<Duration> throttled,
      Optional<Pressure> pressure) {

    /** Copies the list. */
    public Cpu {
      processors = List.copyOf(processors);
    }
  }

  /**
   * Time of one processor.
   *
   * @param total all of it
   * @param user in programs, counted in ticks of the scheduler
   * @param system in the kernel, counted so as well
   */
  public record Processor(Duration total, Duration user, Duration system) {}

  /**
   * Where processes run.
   *
   * @param processors those that they may use
   * @param memoryNodes whose memory they may use
   * @param details with cgroup v1, the other settings of cpuset(7), by the kernel's names: {@code
   *     sched_load_balance}
   */
  public record Cpuset(
      List<Integer> processors, List<Integer> memoryNodes, Map<String, Long> details) {

    /** Copies the collections. */
    public Cpuset {
      processors = List.copyOf(processors);
      memoryNodes = List.copyOf(memoryNodes);
      details = Map.copyOf(details);
    }
  }

  /**
   * Memory, in bytes.
   *
   * @param total what processes take, the page cache of their files, and the kernel's for them
   * @param reservation what the kernel tries to leave to the container when memory is short
   * @param workingSet the total without the part of the page cache that was not used lately
   * @param anonymous of processes, such as heaps and stacks
   * @param file page cache, {@code tmpfs} and shared memory
   * @param swap on swap devices; with cgroup v1 its usage alone
   * @param withSwap memory and swap together; with cgroup v1 alone, which limits them so
   * @param kernel of the kernel for the container; with cgroup v2 its usage alone
   * @param tcp buffers of TCP; with cgroup v1 alone
   * @param events what the limits have led to
   * @param pressure waiting for memory
   * @param details all of {@code memory.stat}, by the kernel's names
   */
  public record Memory(
      Counter total,
      OptionalLong reservation,
      OptionalLong workingSet,
      OptionalLong anonymous,
      OptionalLong file,
      Counter swap,
      Counter withSwap,
      Counter kernel,
      Counter tcp,
      Events events,
      Optional<Pressure> pressure,
      Map<String, Long> details) {

    /** Copies the map. */
    public Memory {
      details = Map.copyOf(details);
    }
  }

  /**
   * How often limits of memory have led to something; {@code memory.events}. With cgroup v1 there
   * is {@link #oomKill} alone.
   *
   * @param low memory was taken from the container though it had less than its reservation
   * @param high processes were slowed down, for {@code memory.high} was exceeded
   * @param max the limit would have been exceeded
   * @param oom it could not be kept, so that an allocation was about to fail
   * @param oomKill processes that were killed for it
   * @param oomGroupKill how often all processes were killed at once for it
   */
  public record Events(
      OptionalLong low,
      OptionalLong high,
      OptionalLong max,
      OptionalLong oom,
      OptionalLong oomKill,
      OptionalLong oomGroupKill) {

    /** Of what nobody counts. */
    public static final Events NONE =
        new Events(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());
  }

  /**
   * Input and output.
   *
   * @param devices those that something was read from or written to; with cgroup v1 without what
   *     was written to the page cache, which the kernel charges to nobody when it writes it out
   * @param pressure waiting for I/O
   */
  public record Io(List<Device> devices, Optional<Pressure> pressure) {

    /** Copies the list. */
    public Io {
      devices = List.copyOf(devices);
    }
  }

  /**
   * What a block device has done for the container.
   *
   * @param major number of its driver
   * @param minor its number there
   * @param readBytes bytes that were read
   * @param writtenBytes bytes that were written
   * @param discardedBytes bytes that were discarded
   * @param reads how often it read
   * @param writes how often it wrote
   * @param discards how often it discarded
   */
  public record Device(
      long major,
      long minor,
      OptionalLong readBytes,
      OptionalLong writtenBytes,
      OptionalLong discardedBytes,
      OptionalLong reads,
      OptionalLong writes,
      OptionalLong discards) {}

  /**
   * What it has of an RDMA device.
   *
   * @param handles connections to the device
   * @param objects resources in it
   */
  public record Rdma(Counter handles, Counter objects) {}

  /**
   * How much processes waited for something; pressure stall information (PSI).
   *
   * @param some while at least one waited
   * @param full while all that were not idle did
   * @see <a href="https://docs.kernel.org/accounting/psi.html">PSI</a>
   */
  public record Pressure(Stall some, Stall full) {}

  /**
   * A share of time.
   *
   * @param avg10 in percent, of the last ten seconds
   * @param avg60 in percent, of the last minute
   * @param avg300 in percent, of the last five minutes
   * @param total since the container was made
   */
  public record Stall(double avg10, double avg60, double avg300, Duration total) {}
}
