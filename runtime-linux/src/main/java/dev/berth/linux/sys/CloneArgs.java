package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * What <a href="https://man7.org/linux/man-pages/man2/clone.2.html">clone3(2)</a> makes. The call
 * itself is made by {@link SpawnEntry} only: a child that came back into Java code would hang at
 * the next safepoint, for which it has no VM thread.
 *
 * @param flags {@code CLONE_*}
 * @param pidfd address of an int for the child's pidfd
 * @param stack its lowest address
 * @param stackSize in bytes
 */
record CloneArgs(long flags, long pidfd, long stack, long stackSize) {

  static final int CLONE_VM = 0x100;
  static final int CLONE_PIDFD = 0x1000;
  static final int CLONE_VFORK = 0x4000;
  static final long CLONE_CLEAR_SIGHAND = 0x1_0000_0000L;

  static final StructLayout LAYOUT =
      Structs.ofLongs(
          "struct clone_args",
          "flags",
          "pidfd",
          "child_tid",
          "parent_tid",
          "exit_signal",
          "stack",
          "stack_size",
          "tls",
          "set_tid",
          "set_tid_size",
          "cgroup");

  /**
   * The exit signal is 0: the host program's handler of SIGCHLD, and its {@code wait(-1)}, if it
   * has such, are to know nothing of this child.
   */
  MemorySegment write(Arena arena) {
    return arena.allocateFrom(JAVA_LONG, flags, pidfd, 0, 0, 0, stack, stackSize, 0, 0, 0, 0);
  }
}
