package dev.berth.linux.sys;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Waits in the kernel. A virtual thread that waited there would keep its carrier, and what it waits
 * for may be up to a virtual thread that needs just that one to go on: so it waits in Java, for a
 * platform thread that waits in the kernel.
 */
public final class KernelWait {
  /** How long a thread stays that nobody needs: as long as it lives, its class loader does. */
  private static final Duration IDLE = Duration.ofSeconds(1);

  private static final ThreadPoolExecutor THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE.toMillis(),
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          DaemonThreads.numbered("berth-wait-"));

  private KernelWait() {}

  /** A system call that may take long. */
  @FunctionalInterface
  public interface Call<T> {

    /** Makes it. */
    T make() throws SyscallException;
  }

  /**
   * Makes {@code call}, and returns what it does. Not to be interrupted: nobody would know what
   * became of the call.
   */
  public static <T> T of(Call<T> call) throws SyscallException {
    return Thread.currentThread().isVirtual() ? result(THREADS.submit(call::make)) : call.make();
  }

  private static <T> T result(Future<T> future) throws SyscallException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SyscallException refused) {
        throw refused;
      }
      throw new AssertionError("a system call is refused, or is not", e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
