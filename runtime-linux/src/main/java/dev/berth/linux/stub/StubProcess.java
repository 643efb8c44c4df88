package dev.berth.linux.stub;

import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Step;
import dev.berth.core.plan.SyncPoint;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SpawnEntry;
import dev.berth.linux.sys.SyscallException;
import dev.berth.linux.sys.WaitResult;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A child of this JVM that runs a plan. For one thread at a time. */
public final class StubProcess implements AutoCloseable {

  /** What a process that was killed takes to end where nothing keeps it from that. */
  private static final Duration DIES_WITHIN = Duration.ofMillis(50);

  private final Plan plan;
  private final SpawnThread parent;
  private final Fd socket;
  private final SyncHandler handler;
  private final Cancellation cancellation;
  private volatile int pid;
  private Fd pidfd;
  private int forkedPid;
  private @Nullable Fd forked;
  private final AtomicBoolean ended = new AtomicBoolean();
  private Progress progress = Progress.CREATED;

  StubProcess(
      Plan plan,
      SpawnEntry.Child child,
      SpawnThread parent,
      Fd socket,
      SyncHandler handler,
      Cancellation cancellation) {
    this.plan = plan;
    this.parent = parent;
    this.socket = socket;
    this.handler = handler;
    this.cancellation = cancellation;
    this.pid = child.pid();
    this.pidfd = child.pidfd();
    parent.begins(this);
  }

  /** How far the process got. */
  public enum Progress {
    /** It waits for a start. */
    CREATED,
    /** It has become its program. */
    RUNNING,
    /** It has run all of a plan without a program, and ended. */
    ENDED
  }

  /**
   * Where the stub waits for the runtime.
   *
   * @param process which waits
   * @param descriptors that it has sent; closed when the stop is over
   */
  public record Stop(SyncPoint point, StubProcess process, List<Fd> descriptors) {}

  /** Does what the stub waits for. */
  @FunctionalInterface
  public interface SyncHandler {

    /**
     * Returns when the stub may go on.
     *
     * @return the descriptors that it waits for; closed when they are sent
     */
    List<Fd> handle(Stop stop) throws IOException;

    /**
     * Lets a process end that was killed: a frozen cgroup v1 keeps it from that.
     *
     * @param pid in the JVM's PID namespace
     */
    default void letDie(int pid) throws IOException {}
  }

  /** How far it got until the launch was over. */
  public Progress progress() {
    return progress;
  }

  /** In the JVM's PID namespace; a {@link Step.Fork} changes it. */
  public int pid() {
    return pid;
  }

  /** Of the same process; closed together with this object. */
  public Fd pidfd() {
    return pidfd;
  }

  /**
   * Waits until the process has become its program, or waits for a start.
   *
   * @throws StepFailedException if a step failed
   * @throws IOException if the handler failed, the process ended before, or the operation did;
   *     after any exception the process is gone, and this object closed
   */
  void await() throws IOException {
    Conversation conversation = conversation();
    try {
      while (true) {
        Optional<Report> report = conversation.next();
        if (report.isEmpty()) {
          reapForked();
          progress = running();
          return;
        }
        switch (report.get()) {
          case Report.Failed failed -> throw failure(failed);
          case Report.Sync sync -> stop(sync, conversation);
          case Report.Listener(int descriptor) -> stop(listener(descriptor), conversation);
          case Report.Forked(int child, Fd childPidfd) -> goOnIn(child, childPidfd);
          case Report.Created() -> {
            reapForked();
            progress = Progress.CREATED;
            return;
          }
        }
      }
    } catch (IOException | RuntimeException | Error failed) {
      kill(failed);
      try {
        endUnreported();
      } catch (IOException left) {
        failed.addSuppressed(left);
      }
      throw failed;
    }
  }

  private Conversation conversation() {
    return new Conversation(
        socket, "the process was killed before it executed its program", cancellation);
  }

  /**
   * Tells a process that waits for a start that somebody knows of it. Until then it ends when this
   * object is closed, or when this JVM ends.
   */
  public void confirm() throws IOException {
    conversation().go(List.of());
  }

  /** A process with a filter that has just been loaded cannot be relied on to send anything. */
  private Report.Sync listener(int descriptor) throws IOException {
    return new Report.Sync(
        ProgramEncoder.number(SyncPoint.HAND_OVER_LISTENER),
        List.of(Processes.pidfdGetfd(pidfd, descriptor)));
  }

  private void stop(Report.Sync sync, Conversation conversation) throws IOException {
    List<Fd> answer = List.of();
    try {
      answer = handler.handle(new Stop(point(sync.point()), this, sync.descriptors()));
      conversation.go(answer);
    } finally {
      sync.descriptors().forEach(Fd::close);
      answer.forEach(Fd::close);
    }
  }

  /** The socket is close-on-exec; its end is the exec, or the end of the process. */
  private Progress running() throws IOException {
    if (plan.steps().stream().anyMatch(Step.AwaitStart.class::isInstance)) {
      throw new StubException("the process ended before it was created: " + reap());
    }
    if (plan.steps().getLast() instanceof Step.End) {
      return ended();
    }
    Execution.requireBegun(pid, pidfd);
    return Progress.RUNNING;
  }

  private Progress ended() throws IOException {
    WaitResult result = reap();
    if (result.exitValue() != 0) {
      throw new StubException("the process ended before its last step: " + result);
    }
    return Progress.ENDED;
  }

  private StubException failure(Report.Failed failed) {
    return failed.step() >= 0 && failed.step() < plan.steps().size()
        ? new StepFailedException(plan, (int) failed.step(), failed)
        : new StubException("stub: " + failed);
  }

  private static SyncPoint point(long number) throws StubException {
    for (SyncPoint point : SyncPoint.values()) {
      if (ProgramEncoder.number(point) == number) {
        return point;
      }
    }
    throw new StubException("stub: unknown point " + number);
  }

  /** The one that forked ends by itself, while its child already goes on. */
  private void goOnIn(int child, Fd childPidfd) throws IOException {
    reapForked();
    forked = pidfd;
    forkedPid = pid;
    pid = child;
    pidfd = childPidfd;
  }

  /** It has nothing left to do by now, but somebody may have stopped it. */
  private void reapForked() throws IOException {
    Fd before = forked;
    if (before != null) {
      forked = null;
      try (before) {
        end(before, forkedPid);
      }
    }
  }

  /** Kills a child of this JVM and reaps it. */
  private void end(Fd child, int childPid) throws IOException {
    Processes.pidfdSendSignal(child, Processes.SIGKILL);
    try {
      if (Descriptors.poll(child, Descriptors.POLLIN, DIES_WITHIN) == 0) {
        handler.letDie(childPid);
      }
    } finally {
      Processes.waitid(child, 0);
    }
  }

  /**
   * Ends the child of a fork that was not reported yet: killed then, the parent leaves a child of
   * this JVM behind that nobody else would ever reap. On the thread that made the process.
   */
  private void endUnreported() throws IOException {
    for (int child : parent.unknownChildren()) {
      try (Fd childPidfd = Processes.pidfdOpen(child)) {
        end(childPidfd, child);
      }
    }
  }

  private WaitResult reap() throws SyscallException {
    WaitResult result = Processes.waitid(pidfd, 0).orElseThrow();
    hasEnded();
    return result;
  }

  /** To be called when the process has ended, by whoever reaps it. */
  public void hasEnded() {
    if (ended.compareAndSet(false, true)) {
      parent.ended(this);
    }
  }

  /**
   * Ends the process, whatever it does, and lets go of it.
   *
   * @param reason gets what goes wrong meanwhile
   */
  public void kill(Throwable reason) {
    try (this) {
      reapForked();
      if (!ended.get()) {
        end(pidfd, pid);
      }
    } catch (IOException failed) {
      reason.addSuppressed(failed);
    } finally {
      hasEnded();
    }
  }

  /** Lets go of the process, which is not affected. */
  @Override
  public void close() {
    socket.close();
    pidfd.close();
  }
}
