package dev.berth.linux.sys;

/**
 * Numbers of <a href="https://man7.org/linux/man-pages/man2/sched_setattr.2.html">sched_setattr(2)
 * </a>, ioprio_set(2), personality(2) and set_mempolicy(2), which the stub calls.
 */
public final class Scheduling {

  public static final int SCHED_OTHER = 0;
  public static final int SCHED_FIFO = 1;
  public static final int SCHED_RR = 2;
  public static final int SCHED_BATCH = 3;
  public static final int SCHED_IDLE = 5;
  public static final int SCHED_DEADLINE = 6;

  public static final int SCHED_FLAG_RESET_ON_FORK = 0x01;
  public static final int SCHED_FLAG_RECLAIM = 0x02;
  public static final int SCHED_FLAG_DL_OVERRUN = 0x04;
  public static final int SCHED_FLAG_KEEP_POLICY = 0x08;
  public static final int SCHED_FLAG_KEEP_PARAMS = 0x10;
  public static final int SCHED_FLAG_UTIL_CLAMP_MIN = 0x20;
  public static final int SCHED_FLAG_UTIL_CLAMP_MAX = 0x40;

  public static final int IOPRIO_CLASS_RT = 1;
  public static final int IOPRIO_CLASS_BE = 2;
  public static final int IOPRIO_CLASS_IDLE = 3;

  public static final int PER_LINUX = 0;
  public static final int PER_LINUX32 = 8;

  public static final int MPOL_DEFAULT = 0;
  public static final int MPOL_PREFERRED = 1;
  public static final int MPOL_BIND = 2;
  public static final int MPOL_INTERLEAVE = 3;
  public static final int MPOL_LOCAL = 4;
  public static final int MPOL_PREFERRED_MANY = 5;

  public static final int MPOL_F_NUMA_BALANCING = 1 << 13;
  public static final int MPOL_F_RELATIVE_NODES = 1 << 14;
  public static final int MPOL_F_STATIC_NODES = 1 << 15;

  private Scheduling() {}
}
