package dev.berth.linux;

import dev.berth.ContainerProcess;
import dev.berth.ExecBuilder;
import dev.berth.Result;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.lifecycle.Exec;
import dev.berth.linux.state.StateRoot;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A further process to be. */
final class LinuxExecBuilder implements ExecBuilder {
  private final StateRoot root;
  private final ContainerId id;
  private final Redirects redirects = new Redirects();
  private final Spec container;
  private ProcessSpec process;
  private Lifetime lifetime = Lifetime.ATTACHED;

  LinuxExecBuilder(StateRoot root, ContainerId id, Spec container, ProcessSpec process) {
    this.root = root;
    this.id = id;
    this.container = container;
    this.process = process;
  }

  @Override
  public ExecBuilder environment(String name, String value) {
    process = SpecEdits.environment(process, name, value);
    return this;
  }

  @Override
  public ExecBuilder directory(String directory) {
    process = process.withCwd(directory);
    return this;
  }

  @Override
  public ExecBuilder user(int uid, int gid) {
    process = SpecEdits.user(process, uid, gid);
    return this;
  }

  @Override
  public ExecBuilder terminal() {
    process = process.withTerminal(true);
    return this;
  }

  @Override
  public ExecBuilder terminal(int columns, int rows) {
    process = SpecEdits.terminal(process, columns, rows);
    return this;
  }

  @Override
  public ExecBuilder redirectInput(Redirect source) {
    redirects.input(source);
    return this;
  }

  @Override
  public ExecBuilder redirectOutput(Redirect destination) {
    redirects.output(destination);
    return this;
  }

  @Override
  public ExecBuilder redirectError(Redirect destination) {
    redirects.error(destination);
    return this;
  }

  @Override
  public ExecBuilder consoleSocket(Path socket) {
    redirects.consoleSocket(socket);
    return this;
  }

  @Override
  public ExecBuilder detached() {
    lifetime = Lifetime.DETACHED;
    return this;
  }

  @Override
  public ContainerProcess start() {
    return Exec.start(
        root, id, container.withProcess(process), lifetime, redirects.opener(process));
  }

  @Override
  public Result run() throws InterruptedException {
    return run(Optional.empty());
  }

  @Override
  public Result run(Duration limit) throws InterruptedException {
    return run(Optional.of(limit));
  }

  private Result run(Optional<Duration> limit) throws InterruptedException {
    lifetime = Lifetime.ATTACHED;
    ContainerProcess started = start();
    return Commands.await(started, process.args(), limit, started::destroyForcibly);
  }
}
