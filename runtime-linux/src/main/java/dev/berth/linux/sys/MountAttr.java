package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * What <a href="https://man7.org/linux/man-pages/man2/mount_setattr.2.html">mount_setattr(2)</a>
 * changes.
 *
 * @param set {@code MOUNT_ATTR_*}
 * @param clear {@code MOUNT_ATTR_*}
 * @param propagation {@code MS_*}, or 0
 * @param userNamespace its descriptor, for {@code MOUNT_ATTR_IDMAP}
 */
public record MountAttr(long set, long clear, long propagation, long userNamespace) {

  static final long MOUNT_ATTR_IDMAP = 0x0010_0000;

  static final StructLayout LAYOUT =
      Structs.ofLongs("struct mount_attr", "attr_set", "attr_clr", "propagation", "userns_fd");

  /** A change of propagation alone. */
  public static MountAttr propagation(int propagation) {
    return new MountAttr(0, 0, propagation, 0);
  }

  /** The owners of files seem to be others, by the maps of a user namespace. */
  public static MountAttr idMap(Fd userNamespace) {
    return new MountAttr(MOUNT_ATTR_IDMAP, 0, 0, userNamespace.number());
  }

  MemorySegment write(Arena arena) {
    return arena.allocateFrom(JAVA_LONG, set, clear, propagation, userNamespace);
  }
}
