package dev.berth.linux.sys;

/**
 * Numbers of <a href="https://man7.org/linux/man-pages/man2/mount_setattr.2.html">mount_setattr(2)
 * </a>, which the stub calls.
 */
public final class Mounts {

  public static final int AT_RECURSIVE = 0x8000;

  public static final int MS_UNBINDABLE = 1 << 17;
  public static final int MS_PRIVATE = 1 << 18;
  public static final int MS_SLAVE = 1 << 19;
  public static final int MS_SHARED = 1 << 20;

  private Mounts() {}
}
