package dev.berth.linux.lifecycle;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.HostView;
import dev.berth.core.plan.InitRequest;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Planner;
import dev.berth.core.spec.CheckedSpec;
import dev.berth.core.spec.RootDirectory;
import dev.berth.core.state.ContainerId;
import dev.berth.core.state.ContainerRecord;
import dev.berth.core.state.SessionKeyring;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.stub.Launcher;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The operation "create": everything but the program, which then waits for its start. */
public final class Create {
  private static final System.Logger LOG = System.getLogger(Create.class.getName());

  private final StateRoot root;
  private final Request request;
  private final Machine machine;
  private final Rollback rollback = new Rollback();

  private Create(StateRoot root, Request request, Machine machine) {
    this.root = root;
    this.request = request;
    this.machine = machine;
  }

  /**
   * A container to be.
   *
   * @param id its id
   * @param configuration of which it is made
   * @param bundle absolute; what relative paths in the configuration are taken from
   * @param lifetime whether it ends with this JVM
   * @param keyring whose its processes have
   */
  public record Request(
      ContainerId id,
      CheckedSpec configuration,
      Path bundle,
      Lifetime lifetime,
      SessionKeyring keyring) {

    private Spec spec() {
      return configuration.spec();
    }

    private ProcessSpec process() {
      return Objects.requireNonNull(spec().process(), "checked");
    }

    private LinuxSpec linux() {
      return spec().linux();
    }

    private Path rootfs() {
      return RootDirectory.of(bundle, root());
    }

    private Root root() {
      return Objects.requireNonNull(spec().root(), "checked");
    }
  }

  /**
   * What would be done.
   *
   * @return the plan's text
   */
  public static String explain(Request request) {
    try {
      CgroupPath cgroup = CgroupPath.of(request.linux().cgroupsPath(), request.id().value());
      return plan(Machine.shared(), request, Optional.of(cgroup), explained(request)).toString();
    } catch (IOException e) {
      throw Failures.worded(request.id().value(), e);
    }
  }

  /** A root that is not there yet is no obstacle to an explanation. */
  private static Path explained(Request request) {
    return request.bundle().resolve(request.root().path()).normalize();
  }

  /**
   * Makes the container, or leaves everything as it was.
   *
   * @return its first process, which waits
   */
  public static LinuxContainerProcess create(StateRoot root, Request request, StdioOpener streams) {
    String id = request.id().value();
    try {
      Machine machine = Machine.shared();
      machine.requirePrivilege(request.linux());
      return new Create(root, request, machine).create(streams);
    } catch (IOException e) {
      throw Failures.worded(id, e);
    }
  }

  private LinuxContainerProcess create(StdioOpener streams) throws IOException {
    Path rootfs = request.rootfs();
    try (Stdio stdio = streams.open(request.lifetime());
        StateDirectory directory = root.create(request.id())) {
      try {
        rollback.onFailure(directory::delete);
        return create(rootfs, directory, stdio);
      } catch (IOException | RuntimeException | Error e) {
        rollback.run(e);
        throw e;
      }
    }
  }

  private LinuxContainerProcess create(Path rootfs, StateDirectory directory, Stdio stdio)
      throws IOException {
    directory.writeConfig(request.configuration().json());
    // Before there is anything else: whoever finds what a killed runtime left can remove all of it.
    ContainerRecord foreseen = record(rootfs, foreseenCgroup());
    directory.write(foreseen);
    warn();
    Optional<Cgroup> cgroup = createCgroup();
    ContainerRecord record = foreseen.withCgroup(cgroup.map(Cgroup::state).orElse(null));
    if (!record.equals(foreseen)) {
      directory.write(record);
    }
    Plan plan = plan(machine, request, cgroup.map(Create::path), rootfs);
    try (StubProcess process = launch(plan, directory, cgroup, stdio)) {
      LinuxContainerProcess child = Children.adopt(request.id(), process, stdio);
      rollback.onFailure(() -> Children.kill(child));
      ProcessIdentity identity = ProcessIdentity.of(child.pid());
      directory.write(record.withProcess(identity.pid(), identity.startTime()));
      Children.remember(identity, child);
      return child;
    }
  }

  /** What is left out of the configuration: the specification wants a warning, and no failure. */
  private void warn() {
    HostView host = machine.view(request.linux(), Optional.empty());
    Stream.concat(
            request.configuration().warnings().stream(),
            Planner.warnings(request.process(), host).stream())
        .forEach(
            problem -> LOG.log(Level.WARNING, "container \"{0}\": {1}", request.id(), problem));
  }

  private Optional<CgroupState> foreseenCgroup() throws IOException {
    return machine.cgroups().foresee(request.id().value(), request.linux().cgroupsPath());
  }

  private Optional<Cgroup> createCgroup() throws IOException {
    LinuxSpec linux = request.linux();
    Optional<Cgroup> cgroup =
        machine.cgroups().create(request.id().value(), linux.cgroupsPath(), linux.resources());
    cgroup.ifPresent(made -> rollback.onFailure(made::remove));
    return cgroup;
  }

  private ContainerRecord record(Path rootfs, Optional<CgroupState> cgroup) {
    return new ContainerRecord(
        request.spec().ociVersion(),
        request.id().value(),
        0,
        0,
        request.bundle(),
        rootfs,
        Instant.now(),
        System.getProperty("user.name"),
        request.spec().annotations(),
        cgroup.orElse(null),
        request.keyring());
  }

  private static CgroupPath path(Cgroup cgroup) {
    return new CgroupPath(cgroup.state().path());
  }

  private static Plan plan(
      Machine machine, Request request, Optional<CgroupPath> cgroup, Path rootfs)
      throws IOException {
    return Planner.create(
        new InitRequest(
            SecurityModules.applicable(request.spec()),
            request.bundle(),
            rootfs,
            request.lifetime(),
            request.keyring().name(request.id()),
            machine.view(request.linux(), cgroup)));
  }

  private StubProcess launch(
      Plan plan, StateDirectory directory, Optional<Cgroup> cgroup, Stdio stdio)
      throws IOException {
    try (Fd socket = directory.listenForStart();
        Fd lock = directory.lockCreated();
        LaunchDescriptors descriptors = LaunchDescriptors.of(plan, cgroup)) {
      descriptors.put(new Descriptor.StartSocket(), socket);
      descriptors.put(new Descriptor.CreatedLock(), lock);
      return Launcher.shared().launch(descriptors.launch(stdio), new Stops(request.spec()));
    }
  }
}
