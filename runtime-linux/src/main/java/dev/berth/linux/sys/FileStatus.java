package dev.berth.linux.sys;

/**
 * What statx(2) tells of a file.
 *
 * @param mode type and permissions
 * @param linkCount how many names it has; 0 once it was removed
 * @param deviceMajor of a device node
 * @param deviceMinor of a device node
 */
public record FileStatus(int mode, int linkCount, int deviceMajor, int deviceMinor) {

  /** Whether it is the node of this character device. */
  public boolean isCharacterDevice(int major, int minor) {
    return (mode & Directories.S_IFMT) == Directories.S_IFCHR
        && deviceMajor == major
        && deviceMinor == minor;
  }
}
