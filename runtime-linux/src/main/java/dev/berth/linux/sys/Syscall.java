package dev.berth.linux.sys;

import dev.berth.core.text.KernelText;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * The door to the kernel: <a
 * href="https://man7.org/linux/man-pages/man2/syscall.2.html">syscall(2)</a> of whichever libc the
 * JVM runs on, so that it does not matter which calls that libc has wrappers for. Linking one shape
 * of downcall costs some 20 ms at the start of every program; there is one.
 */
final class Syscall {

  private static final MethodHandle DOWNCALL = NativeAccess.link();
  private static final MemorySegment SYSCALL =
      Linker.nativeLinker().defaultLookup().findOrThrow("syscall");
  private static final long ERRNO_OFFSET =
      NativeAccess.STATE.byteOffset(PathElement.groupElement("errno"));

  private Syscall() {}

  /**
   * Makes a call whose arguments need no memory.
   *
   * @return the call's result, or the negated errno
   */
  static long invoke(SyscallNumber number, long... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      return invoke(arena, number, arguments);
    }
  }

  /**
   * Makes a call.
   *
   * @param arena the call's own, from which errno gets a place that no other thread writes to
   * @param arguments at most six
   * @return the call's result, or the negated errno
   */
  static long invoke(Arena arena, SyscallNumber number, long... arguments) {
    MemorySegment state = arena.allocate(NativeAccess.STATE);
    long result = downcall(SYSCALL, state, number.on(Architecture.current()), arguments);
    return result == -1 ? -state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET) : result;
  }

  /**
   * {@link #invoke(Arena, SyscallNumber, long...)} again for as long as a signal handler interrupts
   * it: the JVM has signals of its own, and some of its handlers are without {@code SA_RESTART}.
   */
  static long invokeRestarting(Arena arena, SyscallNumber number, long... arguments) {
    while (true) {
      long result = invoke(arena, number, arguments);
      if (result != -Errno.EINTR.number()) {
        return result;
      }
    }
  }

  /** Calls native code of ours, which takes one argument and returns what the kernel would. */
  static long call(Arena arena, MemorySegment function, MemorySegment argument) {
    return downcall(function, arena.allocate(NativeAccess.STATE), argument.address());
  }

  /** Calls a function of a library, and returns what it leaves in the register. */
  static long call(MemorySegment function, long... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      long first = at(arguments, 0);
      long[] rest =
          arguments.length < 2 ? new long[0] : Arrays.copyOfRange(arguments, 1, arguments.length);
      return downcall(function, arena.allocate(NativeAccess.STATE), first, rest);
    }
  }

  /**
   * @param call the call as strace prints it, a format
   * @return {@code result}, which is not negative
   * @throws SyscallException if it is
   */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
  static long check(long result, String call, Object... arguments) throws SyscallException {
    if (result < 0) {
      throw new SyscallException(call.formatted(arguments), (int) -result);
    }
    return result;
  }

  /**
   * {@code text} as the kernel takes it.
   *
   * @throws IllegalArgumentException if there is a NUL in it, which would silently end it there
   */
  static MemorySegment cString(Arena arena, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL in \"" + text.replace("\0", "\\0") + "\"");
    }
    byte[] bytes = KernelText.encode(text);
    MemorySegment string = arena.allocate(bytes.length + 1L); // zeroed, and so ended by a NUL
    MemorySegment.copy(bytes, 0, string, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return string;
  }

  /** The text that the kernel has written there, up to the NUL. */
  static String text(MemorySegment string) {
    long length = 0;
    while (string.get(ValueLayout.JAVA_BYTE, length) != 0) {
      length++;
    }
    return KernelText.decode(string.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
  }

  private static long downcall(
      MemorySegment function, MemorySegment state, long first, long... rest) {
    try {
      return (long)
          DOWNCALL.invokeExact(
              function,
              state,
              first,
              at(rest, 0),
              at(rest, 1),
              at(rest, 2),
              at(rest, 3),
              at(rest, 4),
              at(rest, 5));
    } catch (RuntimeException | Error denied) {
      throw denied;
    } catch (Throwable impossible) {
      throw new AssertionError("a downcall declares nothing", impossible);
    }
  }

  private static long at(long[] arguments, int index) {
    return index < arguments.length ? arguments[index] : 0;
  }
}
