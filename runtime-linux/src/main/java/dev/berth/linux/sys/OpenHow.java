package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * How <a href="https://man7.org/linux/man-pages/man2/openat2.2.html">openat2(2)</a> opens.
 *
 * @param flags {@code O_*}
 * @param mode of a new file
 * @param resolve {@code RESOLVE_*}
 */
public record OpenHow(long flags, long mode, long resolve) {

  public static final int RESOLVE_NO_XDEV = 0x1;
  public static final int RESOLVE_NO_MAGICLINKS = 0x2;
  public static final int RESOLVE_NO_SYMLINKS = 0x4;
  public static final int RESOLVE_BENEATH = 0x8;
  public static final int RESOLVE_IN_ROOT = 0x10;

  static final StructLayout LAYOUT = Structs.ofLongs("struct open_how", "flags", "mode", "resolve");

  MemorySegment write(Arena arena) {
    return arena.allocateFrom(JAVA_LONG, flags, mode, resolve);
  }
}
