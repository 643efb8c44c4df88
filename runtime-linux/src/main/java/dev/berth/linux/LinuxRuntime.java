package dev.berth.linux;

import dev.berth.CgroupDriver;
import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerEvents;
import dev.berth.ContainerException;
import dev.berth.ContainerRuntime;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.LinuxContainer.Ownership;
import dev.berth.linux.lifecycle.Create;
import dev.berth.linux.lifecycle.Delete;
import dev.berth.linux.lifecycle.Inspect;
import dev.berth.linux.lifecycle.Observe;
import dev.berth.linux.lifecycle.RuntimeScope;
import dev.berth.linux.lifecycle.StdioOpener;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Containers below one state root. */
final class LinuxRuntime implements ContainerRuntime {
  private static final System.Logger LOG = System.getLogger(LinuxRuntime.class.getName());

  private final StateRoot root;
  private final CgroupDriver cgroupDriver;
  private final RuntimeScope scope;

  LinuxRuntime(StateRoot root, CgroupDriver cgroupDriver, Duration launchTimeout) {
    this.root = root;
    this.cgroupDriver = cgroupDriver;
    this.scope = RuntimeScope.open(launchTimeout);
  }

  @Override
  public Path root() {
    return root.path();
  }

  @Override
  public ContainerBuilder container(String id) {
    return new LinuxContainerBuilder(this, new ContainerId(id));
  }

  /**
   * Also what a killed runtime left before it wrote anything down: it must be possible to delete.
   */
  @Override
  public Optional<Container> find(String id) {
    ContainerId known = new ContainerId(id);
    Optional<StateDirectory> directory = scope.ask(() -> root.find(known));
    directory.ifPresent(StateDirectory::close);
    return directory.map(_ -> LinuxContainer.found(scope, root, known));
  }

  @Override
  public List<Container> containers() {
    return scope.ask(() ->
        root.ids().stream()
            .filter(id -> Inspect.find(root, id).isPresent())
            .<Container>map(id -> LinuxContainer.found(scope, root, id))
            .toList());
  }

  @Override
  public ContainerEvents events() {
    return LinuxContainerEvents.ofAll(scope, root);
  }

  CgroupDriver cgroupDriver() {
    return cgroupDriver;
  }

  LinuxContainer create(Create.Request request, Redirects redirects, Duration limit) {
    StdioOpener streams = redirects.opener(request.process());
    LinuxContainerProcess process =
        scope.run(
            limit,
            cancellation -> {
              LinuxContainerProcess made = Create.create(root, request, streams, cancellation);
              Observe.made(root, request.id());
              return made;
            });
    Ownership ownership = Ownership.REFERENCED;
    if (request.lifetime() == Lifetime.ATTACHED) {
      ownership = Ownership.OWNED;
      scope.own(process, () -> delete(request.id(), process));
    }
    return LinuxContainer.made(
        scope, root, request.id(), ownership, process, request.configuration().spec());
  }

  private void delete(ContainerId id, LinuxContainerProcess process) {
    try {
      Delete.forcibly(root, id, process, scope.cleanup());
    } catch (ContainerException e) {
      LOG.log(Level.WARNING, "close: {0}", e.getMessage());
    }
  }

  @Override
  public void close() {
    scope.close();
  }

  @Override
  public String toString() {
    return "containers in " + root.path();
  }
}
