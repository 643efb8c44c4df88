package dev.berth.linux;

import dev.berth.CgroupDriver;
import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerEvents;
import dev.berth.ContainerRuntime;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.LinuxContainer.Ownership;
import dev.berth.linux.lifecycle.Create;
import dev.berth.linux.lifecycle.Inspect;
import dev.berth.linux.lifecycle.Observe;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Containers below one state root. */
final class LinuxRuntime implements ContainerRuntime {
  private final StateRoot root;

  private final CgroupDriver cgroupDriver;

  LinuxRuntime(StateRoot root, CgroupDriver cgroupDriver) {
    this.root = root;
    this.cgroupDriver = cgroupDriver;
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
    Optional<StateDirectory> directory = root.find(known);
    directory.ifPresent(StateDirectory::close);
    return directory.map(_ -> LinuxContainer.found(root, known));
  }

  @Override
  public List<Container> containers() {
    return root.ids().stream()
        .filter(id -> Inspect.find(root, id).isPresent())
        .<Container>map(id -> LinuxContainer.found(root, id))
        .toList();
  }

  @Override
  public ContainerEvents events() {
    return LinuxContainerEvents.ofAll(root);
  }

  CgroupDriver cgroupDriver() {
    return cgroupDriver;
  }

  Container create(Create.Request request, Redirects redirects) {
    LinuxContainerProcess process =
        Create.create(root, request, redirects.opener(request.process()));
    Observe.made(root, request.id());
    Ownership ownership =
        request.lifetime() == Lifetime.ATTACHED ? Ownership.OWNED : Ownership.REFERENCED;
    return LinuxContainer.made(
        root, request.id(), ownership, process, request.configuration().spec());
  }
}
