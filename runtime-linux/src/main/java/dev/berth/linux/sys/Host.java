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

  /** What {@code uid_map} says in the first user namespace: everybody is who they are. */
  private static final String ALL_IDS = "0 0 4294967295";

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
   * only one where a capability counts for devices.
   *
   * @throws IOException if {@code /proc} is not mounted
   */
  public static boolean isInFirstUserNamespace() throws IOException {
    String map = Files.readString(Path.of("/proc/self/uid_map"));
    return map.strip().replaceAll(" +", " ").equals(ALL_IDS);
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
