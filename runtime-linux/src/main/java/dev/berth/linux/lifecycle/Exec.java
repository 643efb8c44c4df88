package dev.berth.linux.lifecycle;

import dev.berth.ContainerSetupException;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.lifecycle.Operation;
import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.ExecRequest;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Planner;
import dev.berth.core.spec.CheckedSpec;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.stub.Launcher;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The operation "exec": a further process in a container. Takes no lock, so that many can be
 * started at once; one that comes too late finds no namespaces to join.
 */
public final class Exec {
  private Exec() {}

  /**
   * Starts a process in the container.
   *
   * @param spec the container's configuration, with the process to be started as its process
   */
  public static LinuxContainerProcess start(
      StateRoot root, ContainerId id, Spec spec, Lifetime lifetime, StdioOpener streams) {
    CheckedSpec.ofExec(spec);
    try (StateDirectory directory = Query.find(root, id)) {
      Query query = Query.required(directory);
      Operation.EXEC.requireAllowed(id.value(), query.status(), query.record().pid());
      try (Fd init = init(query)) {
        return start(query, init, spec, lifetime, streams);
      }
    } catch (IOException e) {
      throw Failures.worded(id.value(), e);
    }
  }

  private static Fd init(Query query) throws IOException {
    return query
        .process()
        .open()
        .orElseThrow(
            () -> new ContainerSetupException(query.record().id(), "it has just stopped", null));
  }

  private static LinuxContainerProcess start(
      Query query, Fd init, Spec spec, Lifetime lifetime, StdioOpener streams) throws IOException {
    Optional<Cgroup> cgroup = query.cgroup();
    Plan plan = plan(query, spec, lifetime, cgroup);
    try (Stdio stdio = streams.open(lifetime);
        LaunchDescriptors descriptors = LaunchDescriptors.of(plan, cgroup)) {
      descriptors.put(new Descriptor.InitProcess(), init);
      try (StubProcess stub = Launcher.shared().launch(descriptors.launch(stdio), Exec::nothing)) {
        return Children.adopt(new ContainerId(query.record().id()), stub, stdio);
      }
    }
  }

  private static List<Fd> nothing(StubProcess.Stop stop) throws IOException {
    throw new IOException("a further process does not stop at " + stop.point());
  }

  private static Plan plan(Query query, Spec spec, Lifetime lifetime, Optional<Cgroup> cgroup)
      throws IOException {
    NamespacesOf own = NamespacesOf.thisJvm();
    NamespacesOf containers = NamespacesOf.process(query.record().pid());
    Optional<CgroupPath> path = cgroup.map(each -> new CgroupPath(each.state().path()));
    return Planner.exec(
        new ExecRequest(
            SecurityModules.applicable(spec),
            containers.differentFrom(own),
            lifetime,
            query.record().keyring().name(new ContainerId(query.record().id())),
            Machine.shared().view(spec.linux(), path)));
  }
}
