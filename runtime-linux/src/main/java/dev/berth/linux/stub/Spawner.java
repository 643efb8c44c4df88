package dev.berth.linux.stub;

import dev.berth.linux.sys.ChildStack;
import dev.berth.linux.sys.SpawnEntry;
import dev.berth.linux.sys.SpawnRequest;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that make processes, and live as long as the JVM: the signal of {@code PR_SET_PDEATHSIG}
 * comes when the <em>thread</em> ends that made the process, which a caller's, a pool's or a
 * virtual thread's carrier may do at any time.
 *
 * <p>A thread stays with its process until that is its program: to hand it back to the caller
 * before, only to wait again, would cost about as much as the exec. There are as many threads as
 * there were ever processes on their way at once.
 */
final class Spawner {

  private final SpawnEntry entry;
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          Long.MAX_VALUE,
          TimeUnit.NANOSECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform()
              .name("berth-spawn-", 0)
              .daemon()
              .inheritInheritableThreadLocals(false)
              .factory());

  private final Queue<ChildStack> stacks = new ConcurrentLinkedQueue<>();

  Spawner(SpawnEntry entry) {
    this.entry = entry;
  }

  /** What one of the threads does. */
  @FunctionalInterface
  interface Task<T> {
    T run() throws IOException;
  }

  /** Runs {@code task}; not to be interrupted, since nobody else would ever know of the process. */
  <T> T call(Task<T> task) throws IOException {
    try {
      return CompletableFuture.supplyAsync(() -> result(task), threads).join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof UncheckedIOException refused) {
        throw refused.getCause();
      }
      if (failed.getCause() instanceof RuntimeException mistake) {
        throw mistake;
      }
      throw failed;
    }
  }

  private static <T> T result(Task<T> task) {
    try {
      return task.run();
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  /** Makes a process, whose parent this thread is, and returns once it has begun its program. */
  SpawnEntry.Child spawn(SpawnRequest request) throws SyscallException {
    ChildStack free = stacks.poll();
    ChildStack stack = free == null ? ChildStack.map() : free;
    try {
      return entry.spawn(request, stack);
    } finally {
      stacks.add(stack);
    }
  }
}
