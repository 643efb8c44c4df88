package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * Calls on terminals; <a
 * href="https://man7.org/linux/man-pages/man2/ioctl_tty.2.html">ioctl_tty(2)</a>. By the master of
 * a pseudoterminal they are about its peer, the program's end.
 */
public final class Terminals {

  static final int TCGETS = 0x5401;
  static final int TCSETS = 0x5402;
  static final int TIOCGPGRP = 0x540F;
  static final int TIOCGWINSZ = 0x5413;
  static final int TIOCSWINSZ = 0x5414;

  static final StructLayout WINSIZE =
      MemoryLayout.structLayout(
              JAVA_SHORT.withName("ws_row"),
              JAVA_SHORT.withName("ws_col"),
              JAVA_SHORT.withName("ws_xpixel"),
              JAVA_SHORT.withName("ws_ypixel"))
          .withName("struct winsize");

  private Terminals() {}

  /**
   * {@code TCGETS}: the settings.
   *
   * @throws SyscallException with {@link Errno#ENOTTY} if it is no terminal
   */
  public static Termios settings(Fd terminal) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocate(Termios.LAYOUT);
      ioctl(arena, terminal, TCGETS, "TCGETS", termios);
      return new Termios(termios.toArray(JAVA_BYTE));
    }
  }

  /**
   * {@code TCSETS}: other settings, at once. In the background of its session, the caller is
   * stopped by SIGTTOU instead.
   */
  public static void setSettings(Fd terminal, Termios settings) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocateFrom(JAVA_BYTE, settings.toBytes());
      ioctl(arena, terminal, TCSETS, "TCSETS", termios);
    }
  }

  /**
   * Whether {@link #setSettings} would stop this program: the terminal is the controlling one of
   * its session, and {@code TIOCGPGRP} names another group of processes.
   */
  public static boolean isInBackgroundOf(Fd terminal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment group = arena.allocate(JAVA_INT);
      ioctl(arena, terminal, TIOCGPGRP, "TIOCGPGRP", group);
      return group.get(JAVA_INT, 0) != Syscall.invoke(SyscallNumber.GETPGID, 0);
    } catch (SyscallException notControlling) {
      return false;
    }
  }

  /** {@code TIOCGWINSZ}: the size. */
  public static WindowSize size(Fd terminal) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment winsize = arena.allocate(WINSIZE);
      ioctl(arena, terminal, TIOCGWINSZ, "TIOCGWINSZ", winsize);
      return new WindowSize(
          Short.toUnsignedInt(winsize.get(JAVA_SHORT, Structs.offset(WINSIZE, "ws_col"))),
          Short.toUnsignedInt(winsize.get(JAVA_SHORT, Structs.offset(WINSIZE, "ws_row"))));
    }
  }

  /** {@code TIOCSWINSZ}: another size, of which the foreground learns by SIGWINCH. */
  public static void setSize(Fd terminal, WindowSize size) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment winsize = arena.allocate(WINSIZE);
      winsize.set(JAVA_SHORT, Structs.offset(WINSIZE, "ws_col"), (short) size.columns());
      winsize.set(JAVA_SHORT, Structs.offset(WINSIZE, "ws_row"), (short) size.rows());
      ioctl(arena, terminal, TIOCSWINSZ, "TIOCSWINSZ", winsize);
    }
  }

  private static void ioctl(
      Arena arena, Fd terminal, int request, String name, MemorySegment argument)
      throws SyscallException {
    long result =
        Syscall.invokeRestarting(
            arena, SyscallNumber.IOCTL, terminal.number(), request, argument.address());
    check(result, "ioctl(%s, %s)", terminal, name);
  }
}
