package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupText;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.text.HostPath;
import dev.berth.core.text.KernelText;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.ExtendedAttributes;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.OpenHow;
import dev.berth.linux.sys.SyscallException;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;

/**
 * A mounted hierarchy, by a descriptor of its root. Cgroups are named by their path from there, the
 * root itself by {@link #ROOT}.
 */
final class Hierarchy implements AutoCloseable {

  static final String ROOT = ".";

  /** What opens a file of this hierarchy opens nothing else, whatever lies on the path. */
  static final long CONFINED =
      OpenHow.RESOLVE_BENEATH
          | OpenHow.RESOLVE_NO_SYMLINKS
          | OpenHow.RESOLVE_NO_MAGICLINKS
          | OpenHow.RESOLVE_NO_XDEV;

  /** Cgroups have extended attributes of users since Linux 5.7. */
  private static final String MARK = "user.berth.parent";

  /** What systemd has limits for in cgroup v1, and its own hierarchy. */
  private static final Set<String> OF_SYSTEMD =
      Set.of("name=systemd", "cpu", "cpuacct", "blkio", "memory", "devices", "pids");

  private static final int DIRECTORY_MODE = 0755;

  /**
   * The sticky bit, by which a container's cgroup is known from the moment that it is there, and
   * for no further system call. What it forbids, 0755 forbids already.
   */
  private static final int TAKEN = 01000;

  /** The kernel writes such files a page at a time. */
  private static final int READ_SIZE = 4096;

  private final MountedHierarchy mount;
  private final Fd root;

  private Hierarchy(MountedHierarchy mount, Fd root) {
    this.mount = mount;
    this.root = root;
  }

  static Hierarchy open(MountedHierarchy mount) throws CgroupException {
    try {
      int flags = Directories.O_PATH | Directories.O_DIRECTORY | Directories.O_NOFOLLOW;
      return new Hierarchy(mount, Directories.open(mount.mountPoint(), flags, 0));
    } catch (SyscallException e) {
      throw new CgroupException("open cgroup hierarchy \"%s\"".formatted(mount.mountPoint()), e);
    }
  }

  MountedHierarchy mount() {
    return mount;
  }

  boolean has(String controller) {
    return mount.controllers().contains(controller);
  }

  /** The controllers of cgroup v2, which has none of v1's, or of those that are not delegated. */
  List<String> controllers() throws CgroupException {
    try {
      return CgroupText.controllers(read(ROOT, "cgroup.controllers"));
    } catch (SyscallException e) {
      throw new CgroupException("read controllers of \"%s\"".formatted(mount.mountPoint()), e);
    }
  }

  /** Whether systemd makes the cgroups of units in it. */
  boolean isOfSystemd() {
    return mount.isUnified() || mount.controllers().stream().anyMatch(OF_SYSTEMD::contains);
  }

  /** Where a cgroup, or a file in it, is on the host. */
  String hostPath(String path) {
    return mount.mountPoint() + "/" + path;
  }

  /** Whether the cgroup was made: {@code false} if it was there before. */
  boolean make(String cgroup) throws SyscallException {
    return make(cgroup, DIRECTORY_MODE);
  }

  /** The same, for a container alone. */
  boolean take(String cgroup) throws SyscallException {
    return make(cgroup, DIRECTORY_MODE | TAKEN);
  }

  /** Whether a cgroup that is open was made for a container alone. */
  static boolean isTaken(Fd cgroup) throws SyscallException {
    return (Directories.statx(cgroup).mode() & TAKEN) != 0;
  }

  private boolean make(String cgroup, int mode) throws SyscallException {
    try {
      Directories.mkdirat(root, cgroup, mode);
      return true;
    } catch (SyscallException e) {
      if (e.errno() == Errno.EEXIST) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Notes at a cgroup that it was made for what lies in it, of whom there may be several, also of
   * several JVMs: the last one to go takes it away.
   */
  void mark(String cgroup) throws SyscallException {
    try (Fd directory = open(cgroup, Directories.O_RDONLY | Directories.O_DIRECTORY)) {
      ExtendedAttributes.fsetxattr(directory, MARK);
    }
  }

  /** Whether that was noted. */
  boolean isMarked(String cgroup) throws SyscallException {
    try (Fd directory = open(cgroup, Directories.O_RDONLY | Directories.O_DIRECTORY)) {
      return ExtendedAttributes.fgetxattr(directory, MARK);
    } catch (SyscallException e) {
      if (isGone(e)) {
        return false;
      }
      throw e;
    }
  }

  /** Whether there is such a cgroup now. */
  boolean exists(String cgroup) throws SyscallException {
    try {
      open(cgroup, Directories.O_PATH).close();
      return true;
    } catch (SyscallException e) {
      if (isGone(e)) {
        return false;
      }
      throw e;
    }
  }

  /** rmdir(2), though there are files in it; a cgroup that is not there is no error. */
  void remove(String cgroup) throws SyscallException {
    try {
      Directories.unlinkat(root, cgroup, Directories.AT_REMOVEDIR);
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  /** Whether this user may write to a file of a cgroup, or make cgroups in it. */
  boolean isWritable(String path) {
    return Files.isWritable(HostPath.of(mount.mountPoint() + "/" + path));
  }

  /** Opens a cgroup, or a file in it. */
  Fd open(String path, int flags) throws SyscallException {
    return Directories.openat2(root, path, new OpenHow(flags, 0, CONFINED));
  }

  /** Writes in one call, as the kernel wants it. */
  void write(String cgroup, String file, String value) throws SyscallException {
    byte[] bytes = KernelText.encode(value);
    try (Fd fd = open(cgroup + "/" + file, Directories.O_WRONLY)) {
      Descriptors.write(fd, bytes, 0, bytes.length);
    }
  }

  String read(String cgroup, String file) throws SyscallException {
    try (Fd fd = open(cgroup + "/" + file, Directories.O_RDONLY)) {
      return read(fd);
    }
  }

  /** A file of a cgroup that is open. */
  static String read(Fd cgroup, String file) throws SyscallException {
    OpenHow how = new OpenHow(Directories.O_RDONLY, 0, CONFINED);
    try (Fd fd = Directories.openat2(cgroup, file, how)) {
      return read(fd);
    }
  }

  /** All of an open file, from where it was read last. */
  static String read(Fd file) throws SyscallException {
    byte[] buffer = new byte[READ_SIZE];
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int count = Descriptors.read(file, buffer, 0, buffer.length);
    while (count > 0) {
      content.write(buffer, 0, count);
      count = Descriptors.read(file, buffer, 0, buffer.length);
    }
    return KernelText.decode(content.toByteArray());
  }

  /** Whether a call failed because the cgroup is not there, or went away while a file was open. */
  static boolean isGone(SyscallException e) {
    return e.errno() == Errno.ENOENT || e.errno() == Errno.ENODEV;
  }

  @Override
  public void close() {
    root.close();
  }

  @Override
  public String toString() {
    return mount.mountPoint();
  }
}
