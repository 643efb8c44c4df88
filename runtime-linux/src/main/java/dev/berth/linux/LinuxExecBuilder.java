package dev.berth.linux;

import dev.berth.ContainerProcess;
import dev.berth.ExecBuilder;
import dev.berth.Result;
import dev.berth.core.cgroup.SubCgroups;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.lifecycle.Attachments;
import dev.berth.linux.lifecycle.Exec;
import dev.berth.linux.lifecycle.Exec.Sharing;
import dev.berth.linux.lifecycle.Exec.WhilePaused;
import dev.berth.linux.lifecycle.RuntimeScope;
import dev.berth.linux.lifecycle.StdioOpener;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.OutputLimit;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Cancellation;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A further process to be. */
final class LinuxExecBuilder implements ExecBuilder {
  private final RuntimeScope scope;
  private final StateRoot root;
  private final ContainerId id;
  private final Redirects redirects = new Redirects();
  private final Spec container;
  private ProcessSpec process;
  private Lifetime lifetime = Lifetime.ATTACHED;
  private SubCgroups cgroups = SubCgroups.NONE;
  private Sharing sharing = Sharing.SHARED;
  private WhilePaused whilePaused = WhilePaused.REFUSE;
  private Attachments attachments = Attachments.NONE;
  private OutputLimit outputLimit = OutputLimit.DEFAULT;

  LinuxExecBuilder(
      RuntimeScope scope, StateRoot root, ContainerId id, Spec container, ProcessSpec process) {
    this.scope = scope;
    this.root = root;
    this.id = id;
    this.container = container;
    this.process = process;
  }

  @Override
  public ExecBuilder environment(String name, String value) {
    process = SpecEdits.environment(name, value).apply(process);
    return this;
  }

  @Override
  public ExecBuilder directory(String directory) {
    process = process.withCwd(directory);
    return this;
  }

  @Override
  public ExecBuilder user(int uid, int gid) {
    process = SpecEdits.user(uid, gid).apply(process);
    return this;
  }

  @Override
  public ExecBuilder terminal() {
    process = process.withTerminal(true);
    return this;
  }

  @Override
  public ExecBuilder additionalGroups(int... gids) {
    process = SpecEdits.additionalGroups(gids).apply(process);
    return this;
  }

  @Override
  public ExecBuilder terminal(int columns, int rows) {
    process = SpecEdits.terminal(columns, rows).apply(process);
    return this;
  }

  @Override
  public ExecBuilder capabilities(String... names) {
    process = SpecEdits.capabilities(process, List.of(names));
    return this;
  }

  @Override
  public ExecBuilder noNewPrivileges(boolean set) {
    process = process.withNoNewPrivileges(set);
    return this;
  }

  @Override
  public ExecBuilder cgroup(String path) {
    cgroups = cgroups.with(path);
    return this;
  }

  @Override
  public ExecBuilder cgroup(String controller, String path) {
    cgroups = cgroups.with(controller, path);
    return this;
  }

  @Override
  public ExecBuilder ownCgroup() {
    sharing = Sharing.OWN;
    return this;
  }

  @Override
  public ExecBuilder awaitResume() {
    whilePaused = WhilePaused.WAIT;
    return this;
  }

  @Override
  public ExecBuilder descriptors(int... numbers) {
    attachments = attachments.withDescriptors(IntStream.of(numbers).boxed().toList());
    return this;
  }

  @Override
  public ExecBuilder pidfdSocket(Path socket) {
    attachments = attachments.withPidfdSocket(socket);
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
  public ExecBuilder outputLimit(int bytes) {
    outputLimit = new OutputLimit(bytes);
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
    return start(Cancellation.NO_LIMIT);
  }

  private LinuxContainerProcess start(Duration limit) {
    Exec.Request request =
        new Exec.Request(
            container.withProcess(process), lifetime, cgroups, sharing, whilePaused, attachments);
    StdioOpener streams = redirects.opener(process);
    LinuxContainerProcess started =
        scope.run(limit, cancellation -> Exec.start(root, id, request, streams, cancellation));
    if (lifetime == Lifetime.ATTACHED) {
      scope.own(started, started::kill);
    }
    return started;
  }

  @Override
  public Result run() throws InterruptedException {
    return run(Cancellation.NO_LIMIT);
  }

  @Override
  public Result run(Duration limit) throws InterruptedException {
    lifetime = Lifetime.ATTACHED;
    return Commands.run(
        id,
        process.args(),
        Commands.timeLimit(limit),
        outputLimit,
        within -> {
          LinuxContainerProcess started = start(within);
          return new Commands.Running(started, started::destroyForcibly, () -> {});
        });
  }
}
