package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * A resource limit of <a
 * href="https://man7.org/linux/man-pages/man2/prlimit.2.html">prlimit(2)</a>.
 */
public record Rlimit(long soft, long hard) {

  public static final long RLIM_INFINITY = -1;

  static final StructLayout LAYOUT = Structs.ofLongs("struct rlimit", "rlim_cur", "rlim_max");

  MemorySegment write(Arena arena) {
    return arena.allocateFrom(JAVA_LONG, soft, hard);
  }

  static Rlimit read(MemorySegment limit) {
    return new Rlimit(limit.getAtIndex(JAVA_LONG, 0), limit.getAtIndex(JAVA_LONG, 1));
  }
}
