package dev.berth.linux.stub;

import dev.berth.linux.sys.ChildStack;
import dev.berth.linux.sys.DaemonThreads;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SpawnEntry;
import dev.berth.linux.sys.SpawnRequest;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One thread of a {@link Spawner}, whose lock guards all of it. */
final class SpawnThread {
  private static final System.Logger LOG = System.getLogger(SpawnThread.class.getName());
  private static final ThreadFactory FACTORY = DaemonThreads.numbered("berth-spawn-");

  /** How long a thread stays that nobody needs. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private static final Path CHILDREN = Path.of("/proc/thread-self/children");

  private final Spawner spawner;
  private final Condition changed;
  private @Nullable Runnable task;
  private @Nullable ChildStack stack;
  private final Set<StubProcess> processes = ConcurrentHashMap.newKeySet();
  private boolean hurries;

  SpawnThread(Spawner spawner) {
    this.spawner = spawner;
    this.changed = spawner.lock.newCondition();
  }

  void start() {
    FACTORY.newThread(this::run).start();
  }

  /** Gives it something to do; only to one that is not idle, or just begins. */
  void assign(Runnable next) {
    spawner.lock.lock();
    try {
      task = next;
      hurries = false;
      changed.signal();
    } finally {
      spawner.lock.unlock();
    }
  }

  private void run() {
    for (Runnable next = next(); next != null; next = next()) {
      next.run();
      spawner.lock.lock();
      try {
        task = null;
        spawner.isIdle(this);
      } finally {
        spawner.lock.unlock();
      }
    }
  }

  /** Null when it is to end. */
  private @Nullable Runnable next() {
    long left = IDLE.toNanos();
    spawner.lock.lock();
    try {
      while (task == null) {
        if (processes.isEmpty() && (left <= 0 || hurries) && leave()) {
          return null;
        }
        if (!processes.isEmpty()) {
          changed.awaitUninterruptibly();
          left = IDLE.toNanos();
        } else {
          left = await(left);
        }
      }
      return task;
    } finally {
      spawner.lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  private long await(long nanos) {
    try {
      return changed.awaitNanos(nanos);
    } catch (InterruptedException ignored) { // nobody has a reason to interrupt it
      return nanos;
    }
  }

  private boolean leave() {
    try {
      if (spawner.leave(this)) {
        if (stack != null) {
          stack.close();
        }
        return true;
      }
    } catch (SyscallException e) {
      LOG.log(Level.WARNING, "memory is left: {0}", e.getMessage());
      return true;
    }
    return false;
  }

  /** Does not wait for more to do. */
  void hurry() {
    hurries = true;
    changed.signal();
  }

  /** Makes a process, whose parent this thread is, and returns once it has begun its program. */
  SpawnEntry.Child spawn(SpawnRequest request) throws IOException {
    ChildStack own = stack;
    if (own == null) {
      own = ChildStack.map();
      stack = own;
    }
    return spawner.code().entry().spawn(request, own);
  }

  /** The stub, for {@link #spawn}; close it after use. */
  Fd stub() throws IOException {
    return spawner.code().stub();
  }

  /** The thread stays for a process that it made, until that has {@link #ended}. */
  void begins(StubProcess process) {
    processes.add(process);
  }

  /** To be called when a process that it made has ended. */
  void ended(StubProcess process) {
    spawner.lock.lock();
    try {
      processes.remove(process);
      changed.signal();
    } finally {
      spawner.lock.unlock();
    }
  }

  /** Children of this thread, the current one, that are none of its processes. */
  List<Integer> unknownChildren() throws IOException {
    Set<Integer> known = processes.stream().map(StubProcess::pid).collect(Collectors.toSet());
    try {
      return Stream.of(Files.readString(CHILDREN).split(" ", -1))
          .filter(pid -> !pid.isBlank())
          .map(Integer::valueOf)
          .filter(pid -> !known.contains(pid))
          .toList();
    } catch (NoSuchFileException withoutConfigProcChildren) {
      return List.of();
    }
  }
}
