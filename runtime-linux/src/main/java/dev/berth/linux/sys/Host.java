package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Who this JVM is, and on what it runs. */
public final class Host {

  private static final int FIELD = 65;

  static final StructLayout UTSNAME =
      MemoryLayout.structLayout(
              field("sysname"),
              field("nodename"),
              field("release"),
              field("version"),
              field("machine"),
              field("domainname"))
          .withName("struct new_utsname");

  /**
   * The inode of the user namespace that the kernel starts with: {@code PROC_USER_INIT_INO} since
   * Linux 3.8, and {@code USER_NS_INIT_INO} of linux/nsfs.h since 6.17.
   */
  private static final long FIRST_USER_NAMESPACE = 0xEFFF_FFFDL;

  static final int CAP_MKNOD = 27;

  private static final String NAMESPACES = "/proc/self/ns";

  private Host() {}

  private static MemoryLayout field(String name) {
    return MemoryLayout.sequenceLayout(FIELD, JAVA_BYTE).withName(name);
  }

  /** <a href="https://man7.org/linux/man-pages/man2/getuid.2.html">getuid(2)</a>. */
  public static long getuid() {
    return Syscall.invoke(SyscallNumber.GETUID);
  }

  /** <a href="https://man7.org/linux/man-pages/man2/getuid.2.html">geteuid(2)</a>. */
  public static long geteuid() {
    return Syscall.invoke(SyscallNumber.GETEUID);
  }

  /** <a href="https://man7.org/linux/man-pages/man2/getgid.2.html">getgid(2)</a>. */
  public static long getgid() {
    return Syscall.invoke(SyscallNumber.GETGID);
  }

  /** <a href="https://man7.org/linux/man-pages/man2/getgid.2.html">getegid(2)</a>. */
  public static long getegid() {
    return Syscall.invoke(SyscallNumber.GETEGID);
  }

  /**
   * Whether this JVM is in no user namespace but the one that the kernel started with, which is the
   * only one where a capability counts for devices. The maps do not tell: another one may map every
   * id to itself, as that of systemd's {@code PrivateUsers=identity} does.
   *
   * @throws IOException if {@code /proc} is not mounted
   */
  public static boolean isInFirstUserNamespace() throws IOException {
    try (Fd namespace = Directories.open(NAMESPACES + "/user", Directories.O_RDONLY, 0)) {
      return Directories.statx(namespace).inode() == FIRST_USER_NAMESPACE;
    } catch (SyscallException e) {
      if (e.errno() == Errno.ENOENT && Files.exists(Path.of(NAMESPACES))) {
        return true; // this kernel has no others
      }
      throw e;
    }
  }

  /**
   * The permitted capabilities; bit n is capability n.
   *
   * @throws IOException if {@code /proc} is not mounted
   */
  public static long permittedCapabilities() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapPrm:")) {
        return Long.parseUnsignedLong(line.substring(line.indexOf('\t') + 1), 16);
      }
    }
    throw new IOException("/proc/self/status: no CapPrm");
  }

  /**
   * Whether this JVM can make device nodes, which takes CAP_MKNOD in the first user namespace.
   *
   * @throws IOException if {@code /proc} is not mounted
   */
  public static boolean makesDevices() throws IOException {
    return isInFirstUserNamespace() && (permittedCapabilities() >> CAP_MKNOD & 1) == 1;
  }

  /**
   * What the effective user id is outside this JVM's user namespace, where other processes see it.
   *
   * @throws IOException if {@code /proc} is not mounted
   */
  public static long uidOnHost() throws IOException {
    long uid = geteuid();
    for (String line : Files.readAllLines(Path.of("/proc/self/uid_map"))) {
      String[] fields = line.strip().split(" +", 3);
      long inside = Long.parseLong(fields[0]);
      if (uid >= inside && uid - inside < Long.parseLong(fields[2])) {
        return Long.parseLong(fields[1]) + uid - inside;
      }
    }
    return uid;
  }

  /**
   * Whether nobody may choose groups in this JVM's user namespace; user_namespaces(7).
   *
   * @throws IOException if {@code /proc} is not mounted
   */
  public static boolean deniesSetgroups() throws IOException {
    try {
      return Files.readString(Path.of("/proc/self/setgroups")).strip().equals("deny");
    } catch (NoSuchFileException noUserNamespaces) {
      return false;
    }
  }

  /**
   * The kernel's {@code release}; <a
   * href="https://man7.org/linux/man-pages/man2/uname.2.html">uname(2)</a>.
   */
  public static KernelVersion kernel() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(UTSNAME);
      if (Syscall.invoke(arena, SyscallNumber.UNAME, name.address()) < 0) {
        throw new AssertionError("uname fails only for a bad address");
      }
      return KernelVersion.parse(name.getString(Structs.offset(UTSNAME, "release")));
    }
  }
}
