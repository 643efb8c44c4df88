package dev.berth.linux.sys;

import java.time.Instant;

/**
 * What statx(2) tells of a file.
 *
 * @param mode type and permissions
 * @param linkCount how many names it has; 0 once it was removed
 * @param uid of the owner
 * @param inode its number in its file system
 * @param changed when its content, owner, mode or attributes were last changed
 * @param deviceMajor of a device node
 * @param deviceMinor of a device node
 */
public record FileStatus(
    int mode,
    int linkCount,
    long uid,
    long inode,
    Instant changed,
    int deviceMajor,
    int deviceMinor) {

  /** Whether its group or all may write to it. */
  public boolean isWritableByOthers() {
    return (mode & 0022) != 0;
  }

  /** Whether, being a directory, it lets everybody rename and remove what others put there. */
  public boolean isReplaceableByAll() {
    return (mode & 01002) == 0002;
  }

  /** Its permissions, without its type. */
  public int permissions() {
    return mode & 07777;
  }

  /** Whether it is the node of a block device. */
  public boolean isBlockDevice() {
    return (mode & Directories.S_IFMT) == Directories.S_IFBLK;
  }

  /** Whether it is the node of this character device. */
  public boolean isCharacterDevice(int major, int minor) {
    return (mode & Directories.S_IFMT) == Directories.S_IFCHR
        && deviceMajor == major
        && deviceMinor == minor;
  }
}
