package dev.berth.linux.stub;

import dev.berth.linux.sys.ChildStack;
import dev.berth.linux.sys.SpawnEntry;
import dev.berth.linux.sys.SpawnRequest;
import dev.berth.linux.sys.SyscallException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Makes processes, on a few threads that live as long as the JVM: the signal of {@code
 * PR_SET_PDEATHSIG} comes when the <em>thread</em> ends that made the process, which a caller's, a
 * pool's or a virtual thread's carrier may do at any time.
 */
final class Spawner {

  /** While a child gets as far as its exec, its thread sleeps; more would wait in the kernel. */
  private static final int THREADS = 4;

  private final SpawnEntry entry;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          Thread.ofPlatform()
              .name("berth-spawn-", 0)
              .daemon()
              .inheritInheritableThreadLocals(false)
              .factory());

  /** As many as there are threads, so that each finds one. */
  private final Queue<ChildStack> stacks = new ConcurrentLinkedQueue<>();

  Spawner(SpawnEntry entry) throws SyscallException {
    this.entry = entry;
    for (int thread = 0; thread < THREADS; thread++) {
      stacks.add(ChildStack.map());
    }
  }

  /**
   * Makes a process and returns once it has begun its program; not to be interrupted, since nobody
   * else would ever know of the child.
   */
  SpawnEntry.Child spawn(SpawnRequest request) throws SyscallException {
    try {
      return CompletableFuture.supplyAsync(() -> spawnHere(request), threads).join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof SyscallException refused) {
        throw refused;
      }
      throw failed;
    }
  }

  private SpawnEntry.Child spawnHere(SpawnRequest request) {
    ChildStack stack = stacks.remove();
    try {
      return entry.spawn(request, stack);
    } catch (SyscallException refused) {
      throw new CompletionException(refused);
    } finally {
      stacks.add(stack);
    }
  }
}
