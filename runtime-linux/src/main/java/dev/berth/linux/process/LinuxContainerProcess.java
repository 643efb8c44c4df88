package dev.berth.linux.process;

import dev.berth.ContainerException;
import dev.berth.ContainerProcess;
import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.Signal;
import dev.berth.Usage;
import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.linux.sys.DaemonThreads;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.Rusage;
import dev.berth.linux.sys.SyscallException;
import dev.berth.linux.sys.WindowSize;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A process in a container, known by its pidfd. */
public final class LinuxContainerProcess extends ContainerProcess {

  private static final int KIB = 1024;

  /** What getrusage(2) counts input and output in, whatever the device. */
  private static final int BLOCK = 512;

  /** What a process that was killed takes to end, unless it waits in the kernel. */
  private static final Duration DEATH_TAKES = Duration.ofSeconds(10);

  private final String containerId;
  private final int pid;
  private final Optional<ProcessHandle> handle;
  private final Observer observer;
  private final ExitWatch watch;
  private final Streams streams;
  private Meter meter = () -> CgroupUsage.NONE;
  private @Nullable CgroupUsage counted;
  private volatile long startNanoTime;

  private LinuxContainerProcess(
      String containerId,
      int pid,
      Optional<ProcessHandle> handle,
      Observer observer,
      ExitWatch watch,
      Streams streams,
      long startNanoTime) {
    this.containerId = containerId;
    this.pid = pid;
    this.handle = handle;
    this.observer = observer;
    this.watch = watch;
    this.streams = streams;
    this.startNanoTime = startNanoTime;
  }

  /**
   * A child of this JVM, which this object reaps. Takes over its pidfd, and from {@code stdio} this
   * JVM's ends of pipes.
   *
   * @throws SyscallException if it cannot be watched; all remains the caller's then
   */
  public static LinuxContainerProcess ofChild(
      String containerId, int pid, Fd pidfd, Stdio stdio, Observer observer)
      throws SyscallException {
    long now = System.nanoTime(); // before its end can be seen
    EventLoop loop = EventLoop.shared();
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    ExitWatch watch = ExitWatch.ofChild(loop, pidfd, observer);
    Streams streams = stdio.streams(loop, watch.exit());
    return new LinuxContainerProcess(containerId, pid, handle, observer, watch, streams, now);
  }

  /**
   * A process that was found by its pid, and whose exit value only its parent learns, even if that
   * is this JVM. Takes over its pidfd.
   *
   * @throws SyscallException if it cannot be watched; the pidfd remains the caller's then
   */
  public static LinuxContainerProcess found(
      String containerId, int pid, Fd pidfd, Observer observer) throws SyscallException {
    EventLoop loop = EventLoop.shared();
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    ExitWatch watch = ExitWatch.ofOther(loop, pidfd, observer);
    return new LinuxContainerProcess(
        containerId, pid, handle, observer, watch, Streams.none(), System.nanoTime());
  }

  /** A process that was written down, and is gone. */
  public static LinuxContainerProcess ended(String containerId, int pid, Observer observer) {
    return new LinuxContainerProcess(
        containerId,
        pid,
        Optional.empty(),
        observer,
        ExitWatch.ended(observer),
        Streams.none(),
        System.nanoTime());
  }

  /** Whom to ask, after the process's end, what it has used besides what its parent is told. */
  public synchronized void measureWith(Meter meter) {
    this.meter = meter;
  }

  /** Asks the {@link Meter}, if nobody has yet. */
  public synchronized CgroupUsage counted() {
    CgroupUsage known = counted;
    if (known == null) {
      known = meter.read();
      counted = known;
    }
    return known;
  }

  /**
   * Looks at all that is counted for it: to be called before its cgroup is removed. That it has
   * ended may be known there before the event loop has come to it.
   */
  public void lastLook() {
    counted();
    if (isAlive()) {
      observer.memory().kills();
    }
  }

  /**
   * Counts {@link Usage#wall()} from now on: called before a process that waited in {@code created}
   * is let go, and not after, when a short program may have ended.
   */
  public void programStarts() {
    startNanoTime = System.nanoTime();
  }

  @Override
  public String containerId() {
    return containerId;
  }

  @Override
  public OutputStream getOutputStream() {
    return streams.input();
  }

  @Override
  public InputStream getInputStream() {
    return streams.output();
  }

  @Override
  public InputStream getErrorStream() {
    return streams.error();
  }

  /**
   * {@inheritDoc}
   *
   * @throws ContainerException as {@link #exitValue()} does, after the wait
   */
  @Override
  public int waitFor() throws InterruptedException {
    try {
      return exitValue(watch.exit().get());
    } catch (ExecutionException impossible) {
      throw new AssertionError("only completed with a value", impossible);
    }
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      watch.exit().get(timeout, unit);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException impossible) {
      throw new AssertionError("only completed with a value", impossible);
    }
  }

  @Override
  public int exitValue() {
    return exitValue(
        exit().orElseThrow(() -> new IllegalThreadStateException("process has not exited")));
  }

  private int exitValue(Exit exit) {
    return exit.exitValue()
        .orElseThrow(() ->
            new ContainerException(
                containerId,
                "exit value of process %s: only the program that started it knows it"
                    .formatted(pid)));
  }

  private Optional<Exit> exit() {
    return Optional.ofNullable(watch.exit().getNow(null));
  }

  @Override
  public Optional<Ending> ending() {
    return exit().map(Exit::ending);
  }

  @Override
  public Optional<MemoryKills> memoryKills() {
    return exit().flatMap(Exit::kills);
  }

  /**
   * Runs {@code action} when it has ended, on the event loop's thread, or at once if it has; unless
   * the returned future is cancelled.
   */
  public Future<?> whenEnded(Consumer<Ending> action) {
    return watch.exit().thenAccept(exit -> action.accept(exit.ending()));
  }

  /**
   * Stops to wait for the end of a process that somebody else reaps, which is not seen then; nobody
   * else may use this object. Does nothing for a child of this JVM.
   */
  public void letGo() {
    watch.letGo();
  }

  /** The same, and tells those who wait for it what is known; does nothing for a child. */
  public void letGoOfOther() {
    watch.letGoOfOther();
  }

  /** Tells of its end now if that is over, though its parent may not have noted it yet. */
  public void settle() {
    watch.settle();
  }

  /** What this JVM sends to it on other ways than {@link #signal}, and to its container. */
  public Observer observer() {
    return observer;
  }

  @Override
  public Optional<Usage> usage() {
    return exit().flatMap(exit -> exit.rusage().map(used -> usage(exit, used)));
  }

  private Usage usage(Exit exit, Rusage used) {
    Usage ofProcess =
        new Usage(
            Duration.ofNanos(exit.nanoTime() - startNanoTime),
            used.userTime(),
            used.systemTime(),
            OptionalLong.empty(),
            largestResident(used),
            OptionalLong.of(used.blocksRead() * BLOCK),
            OptionalLong.of(used.blocksWritten() * BLOCK),
            Optional.empty(),
            OptionalLong.empty());
    return counted().orOf(ofProcess);
  }

  /**
   * A child that shares this JVM's memory until its exec is charged with that: the kernel carries
   * the maximum over. What is below the JVM's own is therefore not known.
   */
  private static OptionalLong largestResident(Rusage used) {
    try {
      boolean own = used.maxResidentKib() > Processes.getrusage().maxResidentKib();
      return own ? OptionalLong.of(used.maxResidentKib() * KIB) : OptionalLong.empty();
    } catch (SyscallException impossible) {
      throw new AssertionError("getrusage fails only for a bad address", impossible);
    }
  }

  @Override
  public boolean isAlive() {
    return !watch.exit().isDone();
  }

  @Override
  public long pid() {
    return pid;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The handle knows the process by its start time, and so remains valid after its end.
   *
   * @throws UnsupportedOperationException if the process had already gone when it was found
   */
  @Override
  public ProcessHandle toHandle() {
    return handle.orElseThrow(
        () -> new UnsupportedOperationException("process %s is gone".formatted(pid)));
  }

  /** Completes on a virtual thread of its own, so that whatever depends on it may take its time. */
  @Override
  public CompletableFuture<Process> onExit() {
    return watch.exit().thenApplyAsync(_ -> this, DaemonThreads::startVirtual);
  }

  /** Whether {@link #destroy()} lets the program end in order: it does. */
  @Override
  public boolean supportsNormalTermination() {
    return true;
  }

  /**
   * Sends SIGTERM, by the pidfd: never to another process that has the pid by now. The first
   * process of a PID namespace, which is what a container's usually is, does not notice unless it
   * has a handler for it; the kernel drops the signal otherwise.
   *
   * @throws ContainerException if this JVM may not send it
   */
  @Override
  public void destroy() {
    signal(Signal.TERM);
  }

  /**
   * Sends SIGKILL, by the pidfd. With the first process of a PID namespace all others in it end
   * too.
   *
   * @throws ContainerException if this JVM may not send it
   */
  @Override
  public LinuxContainerProcess destroyForcibly() {
    signal(Signal.KILL);
    return this;
  }

  /** Sends SIGKILL, waits until the process has ended, for a while, and takes its last figures. */
  public void kill() {
    destroyForcibly();
    try {
      var _ = watch.exit().copy().orTimeout(DEATH_TAKES.toMillis(), TimeUnit.MILLISECONDS).join();
    } catch (CompletionException late) {
      throw new ContainerException(containerId, "process %s survived SIGKILL".formatted(pid), late);
    }
    counted();
  }

  @Override
  public void signal(Signal signal) {
    try {
      watch.signal(signal);
    } catch (SyscallException refused) {
      throw new ContainerException(
          containerId,
          "send %s to process %s: %s".formatted(signal, pid, refused.getMessage()),
          refused);
    }
  }

  @Override
  public void resize(int columns, int rows) {
    WindowSize size = new WindowSize(columns, rows);
    Terminal terminal =
        streams
            .terminal()
            .orElseThrow(() ->
                new UnsupportedOperationException(
                    "process %s has no terminal that is this program's".formatted(pid)));
    try {
      terminal.resize(size);
    } catch (SyscallException refused) {
      throw new ContainerException(
          containerId,
          "resize the terminal of process %s: %s".formatted(pid, refused.getMessage()),
          refused);
    }
  }

  /** {@code process 4711 of container "web", exit value 0}. */
  @Override
  public String toString() {
    String state = exit().map(LinuxContainerProcess::text).orElse("running");
    return "process %s of container \"%s\", %s".formatted(pid, containerId, state);
  }

  private static String text(Exit exit) {
    OptionalInt value = exit.exitValue();
    return value.isPresent() ? "exit value " + value.getAsInt() : "ended";
  }
}
