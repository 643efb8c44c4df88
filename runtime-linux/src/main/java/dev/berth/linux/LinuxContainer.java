package dev.berth.linux;

import dev.berth.Container;
import dev.berth.ContainerEvents;
import dev.berth.ContainerNotFoundException;
import dev.berth.ExecBuilder;
import dev.berth.Limits;
import dev.berth.Signal;
import dev.berth.State;
import dev.berth.Stats;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.lifecycle.Delete;
import dev.berth.linux.lifecycle.Inspect;
import dev.berth.linux.lifecycle.Kill;
import dev.berth.linux.lifecycle.Pause;
import dev.berth.linux.lifecycle.RuntimeScope;
import dev.berth.linux.lifecycle.Start;
import dev.berth.linux.lifecycle.Update;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Observer;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Cancellation;
import dev.berth.spec.IntelRdt;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A container by its id: every question and every change goes to its state directory. */
final class LinuxContainer implements Container {
  private final RuntimeScope scope;
  private final StateRoot root;
  private final ContainerId id;

  /** Whether {@link #close()} kills and deletes: what this object's process is the first of. */
  private final Ownership ownership;

  private @Nullable LinuxContainerProcess process;

  /** As it was last known; but for limits, it cannot change any more. */
  private @Nullable Spec spec;

  private boolean closed;

  /** What a closed object means for the container. */
  enum Ownership {
    OWNED,
    REFERENCED
  }

  private LinuxContainer(
      RuntimeScope scope,
      StateRoot root,
      ContainerId id,
      Ownership ownership,
      @Nullable LinuxContainerProcess process,
      @Nullable Spec spec) {
    this.scope = scope;
    this.root = root;
    this.id = id;
    this.ownership = ownership;
    this.process = process;
    this.spec = spec;
  }

  /** One that this JVM made, and whose first process is its child. */
  static LinuxContainer made(
      RuntimeScope scope,
      StateRoot root,
      ContainerId id,
      Ownership ownership,
      LinuxContainerProcess process,
      Spec spec) {
    return new LinuxContainer(scope, root, id, ownership, process, spec);
  }

  /** One that was found. */
  static LinuxContainer found(RuntimeScope scope, StateRoot root, ContainerId id) {
    return new LinuxContainer(scope, root, id, Ownership.REFERENCED, null, null);
  }

  @Override
  public String id() {
    return id.value();
  }

  @Override
  public State state() {
    return scope
        .ask(() -> Inspect.find(root, id))
        .orElseThrow(() -> new ContainerNotFoundException(id.value()));
  }

  @Override
  public synchronized Spec spec() {
    try {
      spec = scope.ask(() -> Inspect.spec(root, id));
    } catch (ContainerNotFoundException deleted) {
      if (spec == null) {
        throw deleted;
      }
    }
    return spec;
  }

  /** The configuration for further processes, which are not about limits. */
  private synchronized Spec known() {
    Spec known = spec;
    if (known == null) {
      known = scope.ask(() -> Inspect.spec(root, id));
      spec = known;
    }
    return known;
  }

  @Override
  public synchronized LinuxContainerProcess process() {
    LinuxContainerProcess known = process;
    if (known == null) {
      LinuxContainerProcess found = scope.ask(() -> Inspect.process(root, id));
      scope.own(found, found::letGoOfOther);
      known = found;
      process = known;
    }
    return known;
  }

  @Override
  public void start() {
    start(Cancellation.NO_LIMIT);
  }

  /** The same within {@code limit}. */
  void start(Duration limit) {
    change(limit, cancellation -> Start.start(root, id, cancellation));
  }

  private void change(Duration limit, Consumer<Cancellation> change) {
    scope.run(
        limit,
        cancellation -> {
          change.accept(cancellation);
          return this;
        });
  }

  private void change(Consumer<Cancellation> change) {
    change(Cancellation.NO_LIMIT, change);
  }

  private void cleanUp(Consumer<Cancellation> change) {
    scope.cleanUp(cancellation -> {
      change.accept(cancellation);
      return this;
    });
  }

  @Override
  public void kill(Signal signal) {
    observer().ifPresent(observer -> observer.sent().add(signal));
    cleanUp(_ -> Kill.firstProcess(root, id, signal));
  }

  @Override
  public void killAll(Signal signal) {
    observer().ifPresent(observer -> observer.sentToAll().add(signal));
    cleanUp(_ -> Kill.allProcesses(root, id, signal));
  }

  /** Of the first process, if somebody here waits for it, though it may be another JVM's child. */
  private synchronized Optional<Observer> observer() {
    return Optional.ofNullable(process).map(LinuxContainerProcess::observer);
  }

  @Override
  public void pause() {
    change(cancellation -> Pause.pause(root, id, cancellation));
  }

  @Override
  public void resume() {
    change(cancellation -> Pause.resume(root, id, cancellation));
  }

  @Override
  public void update(LinuxResources resources) {
    update(new Update.Request(_ -> resources, null));
  }

  @Override
  public void update(LinuxResources resources, IntelRdt schemata) {
    update(new Update.Request(_ -> resources, schemata));
  }

  @Override
  public void update(Limits limits) {
    update(new Update.Request(before -> LimitEdits.of(limits, before), null));
  }

  private void update(Update.Request request) {
    change(cancellation -> Update.update(root, id, request, cancellation));
  }

  @Override
  public void delete() {
    cleanUp(cancellation -> Delete.stopped(root, id, cancellation));
  }

  @Override
  public void deleteForcibly() {
    observer().ifPresent(observer -> observer.sent().add(Signal.KILL));
    cleanUp(_ -> discard());
  }

  @Override
  public ExecBuilder exec(String... command) {
    ProcessSpec initial = Objects.requireNonNull(known().process(), "checked when it was created");
    // How the first process is scheduled is its own affair.
    return exec(
        initial
            .withArgs(List.of(command))
            .withTerminal(false)
            .withScheduler(null)
            .withIoPriority(null));
  }

  @Override
  public ExecBuilder exec(ProcessSpec process) {
    return new LinuxExecBuilder(scope, root, id, known(), process);
  }

  @Override
  public ContainerEvents events() {
    return LinuxContainerEvents.of(scope, root, id);
  }

  @Override
  public List<ProcessHandle> processes() {
    return scope.ask(() -> Inspect.processes(root, id)).stream()
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }

  @Override
  public Stats stats() {
    return scope.ask(() -> Inspect.stats(root, id));
  }

  /** Deletes it forcibly, unless it is gone, also when the runtime is closed. */
  void discard() {
    try {
      Delete.forcibly(root, id, scope.cleanup());
    } catch (ContainerNotFoundException gone) {
      // Somebody else deleted it, or its failed hook did.
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (ownership == Ownership.OWNED && !scope.isClosed()) { // the runtime deletes it, too
      deleteIfThere();
    }
  }

  private void deleteIfThere() {
    try {
      LinuxContainerProcess first = process();
      cleanUp(cancellation -> Delete.forcibly(root, id, first, cancellation));
    } catch (ContainerNotFoundException gone) {
      // Somebody else deleted it: what close() is for is done.
    }
  }

  @Override
  public String toString() {
    return "container \"%s\" in %s".formatted(id, root.path());
  }
}
