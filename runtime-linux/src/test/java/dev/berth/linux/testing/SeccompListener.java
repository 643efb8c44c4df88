package dev.berth.linux.testing;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.berth.linux.sys.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The descriptor that an agent answers system calls by; seccomp_unotify(2). */
@SuppressWarnings("restricted")
public final class SeccompListener {
  private static final long SECCOMP_IOCTL_NOTIF_RECV = 0xc050_2100L;
  private static final long SECCOMP_IOCTL_NOTIF_SEND = 0xc018_2101L;
  private static final int SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;
  private static final int NOTIFICATION_SIZE = 80;
  private static final int RESPONSE_SIZE = 24;

  private static final MethodHandle IOCTL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("ioctl"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
              Linker.Option.firstVariadicArg(2));

  private SeccompListener() {}

  /**
   * Waits for a call, and has it fail.
   *
   * @param errno that the caller sees
   * @return the pid of the caller
   */
  public static int refuseNext(Fd listener, int errno) {
    return answerNext(listener, -errno, 0);
  }

  /** Waits for a call, and lets it pass. */
  public static int passNext(Fd listener) {
    return answerNext(listener, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
  }

  private static int answerNext(Fd listener, int error, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment notification = arena.allocate(NOTIFICATION_SIZE, Long.BYTES);
      ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, notification);
      MemorySegment response = arena.allocate(RESPONSE_SIZE, Long.BYTES);
      response.set(JAVA_LONG, 0, notification.get(JAVA_LONG, 0));
      response.set(JAVA_INT, 16, error);
      response.set(JAVA_INT, 20, flags);
      ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, response);
      return notification.get(JAVA_INT, 8);
    }
  }

  private static void ioctl(Fd listener, long request, MemorySegment argument) {
    try {
      int result = (int) IOCTL.invokeExact(listener.number(), request, argument);
      if (result < 0) {
        throw new AssertionError("ioctl(%s, 0x%x) failed".formatted(listener, request));
      }
    } catch (RuntimeException | Error failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }
}
