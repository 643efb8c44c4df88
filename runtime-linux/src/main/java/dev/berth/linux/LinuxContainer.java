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
import dev.berth.linux.lifecycle.Start;
import dev.berth.linux.lifecycle.Update;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Observer;
import dev.berth.linux.state.StateRoot;
import dev.berth.spec.IntelRdt;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A container by its id: every question and every change goes to its state directory. */
final class LinuxContainer implements Container {
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
      StateRoot root,
      ContainerId id,
      Ownership ownership,
      @Nullable LinuxContainerProcess process,
      @Nullable Spec spec) {
    this.root = root;
    this.id = id;
    this.ownership = ownership;
    this.process = process;
    this.spec = spec;
  }

  /** One that this JVM made, and whose first process is its child. */
  static LinuxContainer made(
      StateRoot root,
      ContainerId id,
      Ownership ownership,
      LinuxContainerProcess process,
      Spec spec) {
    return new LinuxContainer(root, id, ownership, process, spec);
  }

  /** One that was found. */
  static LinuxContainer found(StateRoot root, ContainerId id) {
    return new LinuxContainer(root, id, Ownership.REFERENCED, null, null);
  }

  @Override
  public String id() {
    return id.value();
  }

  @Override
  public State state() {
    return Inspect.find(root, id).orElseThrow(() -> new ContainerNotFoundException(id.value()));
  }

  @Override
  public synchronized Spec spec() {
    try {
      spec = Inspect.spec(root, id);
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
      known = Inspect.spec(root, id);
      spec = known;
    }
    return known;
  }

  @Override
  public synchronized LinuxContainerProcess process() {
    LinuxContainerProcess known = process;
    if (known == null) {
      known = Inspect.process(root, id);
      process = known;
    }
    return known;
  }

  @Override
  public void start() {
    Start.start(root, id);
  }

  @Override
  public void kill(Signal signal) {
    observer().ifPresent(observer -> observer.sent().add(signal));
    Kill.firstProcess(root, id, signal);
  }

  @Override
  public void killAll(Signal signal) {
    observer().ifPresent(observer -> observer.sentToAll().add(signal));
    Kill.allProcesses(root, id, signal);
  }

  /** Of the first process, if somebody here waits for it, though it may be another JVM's child. */
  private synchronized Optional<Observer> observer() {
    return Optional.ofNullable(process).map(LinuxContainerProcess::observer);
  }

  @Override
  public void pause() {
    Pause.pause(root, id);
  }

  @Override
  public void resume() {
    Pause.resume(root, id);
  }

  @Override
  public void update(LinuxResources resources) {
    Update.update(root, id, new Update.Request(_ -> resources, null));
  }

  @Override
  public void update(LinuxResources resources, IntelRdt schemata) {
    Update.update(root, id, new Update.Request(_ -> resources, schemata));
  }

  @Override
  public void update(Limits limits) {
    Update.update(root, id, new Update.Request(before -> LimitEdits.of(limits, before), null));
  }

  @Override
  public void delete() {
    Delete.stopped(root, id);
  }

  @Override
  public void deleteForcibly() {
    observer().ifPresent(observer -> observer.sent().add(Signal.KILL));
    Delete.forcibly(root, id);
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
    return new LinuxExecBuilder(root, id, known(), process);
  }

  @Override
  public ContainerEvents events() {
    return LinuxContainerEvents.of(root, id);
  }

  @Override
  public List<ProcessHandle> processes() {
    return Inspect.processes(root, id).stream()
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }

  @Override
  public Stats stats() {
    return Inspect.stats(root, id);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    if (ownership == Ownership.OWNED) {
      deleteIfThere();
    }
  }

  private void deleteIfThere() {
    try {
      Delete.forcibly(root, id, process());
    } catch (ContainerNotFoundException gone) {
      // Somebody else deleted it: what close() is for is done.
    }
  }

  @Override
  public String toString() {
    return "container \"%s\" in %s".formatted(id, root.path());
  }
}
