package dev.berth.linux.lifecycle;

import dev.berth.Signal;
import dev.berth.Status;
import dev.berth.core.lifecycle.Operation;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.events.Watches;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.KernelWait;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The operation "delete". */
public final class Delete {
  /** What a process that is not paused takes to end; only afterwards it is asked whether it is. */
  private static final Duration AT_ONCE = Duration.ofMillis(50);

  private Delete() {}

  /** Removes the cgroup and the state of a stopped container. */
  public static void stopped(StateRoot root, ContainerId id, Cancellation cancellation) {
    try (StateDirectory directory = Query.lock(root, id, cancellation)) {
      Query query = Query.required(directory).withPause();
      Operation.DELETE.requireAllowed(id.value(), query.status(), query.record().pid());
      remove(directory, query, cancellation);
    } catch (IOException e) {
      throw Failures.worded(root, id, e);
    }
  }

  /** The same, after everything in the container was killed. */
  public static void forcibly(StateRoot root, ContainerId id, Cancellation cancellation) {
    try (StateDirectory directory = Query.lock(root, id, cancellation)) {
      Query query = Query.required(directory);
      kill(query);
      remove(directory, query, cancellation);
    } catch (IOException e) {
      throw Failures.worded(root, id, e);
    }
  }

  /** The same, unless {@code process} was not, or is no longer, this container's first. */
  public static void forcibly(
      StateRoot root, ContainerId id, LinuxContainerProcess process, Cancellation cancellation) {
    try (StateDirectory directory = Query.lock(root, id, cancellation)) {
      Query query = Query.required(directory);
      if (Children.find(query.process()).filter(process::equals).isPresent()) {
        kill(query);
        remove(directory, query, cancellation);
      }
    } catch (IOException e) {
      throw Failures.worded(root, id, e);
    }
  }

  private static void kill(Query query) throws IOException {
    Optional<Cgroup> cgroup = query.cgroup();
    Children.sentToAll(query.process()).add(Signal.KILL);
    if (query.status() != Status.STOPPED) {
      endFirstProcess(query.process(), cgroup);
    }
    if (cgroup.isPresent()) {
      // Without a PID namespace of its own, what the first process started outlives it.
      cgroup.get().processes().killAll();
    }
  }

  /** Kills the first process, though it may be frozen. */
  static void endFirstProcess(ProcessIdentity process, Optional<Cgroup> cgroup) throws IOException {
    Optional<Fd> pidfd = process.open();
    if (pidfd.isEmpty()) {
      return;
    }
    try (Fd fd = pidfd.get()) {
      Kill.send(fd, Signal.KILL);
      if (ends(fd, AT_ONCE)) {
        return;
      }
      if (cgroup.isPresent()) {
        cgroup.get().processes().letDie();
      }
      if (!ends(fd, Kill.DEATH_TAKES)) {
        throw Kill.survived(process.pid());
      }
    }
  }

  private static boolean ends(Fd pidfd, Duration within) throws IOException {
    return KernelWait.of(() -> Descriptors.poll(pidfd, Descriptors.POLLIN, within)) != 0;
  }

  /** Kills and removes everything of a container whose start has failed. */
  static void failed(StateDirectory directory, Query query, Cancellation cancellation)
      throws IOException {
    kill(query);
    remove(directory, query, cancellation);
  }

  private static void remove(StateDirectory directory, Query query, Cancellation cancellation)
      throws IOException {
    Optional<Cgroup> cgroup = query.cgroup();
    Watches.lastLook(query.process().watched(directory.path()));
    if (cgroup.isPresent()) {
      Children.find(query.process()).ifPresent(LinuxContainerProcess::lastLook);
      cgroup.get().remove();
    }
    Resctrl.remove(query.record().resctrl());
    RuntimeHooks hooks = RuntimeHooks.of(directory, query.record());
    if (!hooks.hooks().poststop().isEmpty()) {
      // For everybody else it is gone. Only its id is not free before what they do is done, and if
      // this JVM is killed meanwhile, the next deletion runs them again.
      directory.retire();
      hooks.runPoststop(cancellation);
    }
    directory.delete();
    Children.forget(query.process());
  }
}
