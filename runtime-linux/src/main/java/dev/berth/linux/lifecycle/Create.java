package dev.berth.linux.lifecycle;

import dev.berth.CgroupDriver;
import dev.berth.Status;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.plan.CgroupOwner;
import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.HostMounts;
import dev.berth.core.plan.HostView;
import dev.berth.core.plan.InitRequest;
import dev.berth.core.plan.JoinedNamespace;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Placement;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Planner;
import dev.berth.core.plan.RootChange;
import dev.berth.core.resctrl.ResctrlState;
import dev.berth.core.spec.CheckedSpec;
import dev.berth.core.spec.RootDirectory;
import dev.berth.core.state.ContainerId;
import dev.berth.core.state.ContainerRecord;
import dev.berth.core.state.HookState;
import dev.berth.core.state.SessionKeyring;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupPlace;
import dev.berth.linux.cgroup.CgroupRequest;
import dev.berth.linux.cgroup.CgroupSplit;
import dev.berth.linux.cgroup.CgroupToBe;
import dev.berth.linux.cgroup.NewCgroup;
import dev.berth.linux.events.FileWatches;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Observer;
import dev.berth.linux.process.SentSignals;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.stub.Launcher;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.Hooks;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Namespace;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The operation "create": everything but the program, which then waits for its start. */
public final class Create {
  private static final System.Logger LOG = System.getLogger(Create.class.getName());

  private final StateRoot root;
  private final Request request;
  private final Machine machine;
  private final JoinableNamespaces namespaces;
  private final Cancellation cancellation;
  private final Users users;
  private final CreateHooks hooks;
  private final Rollback rollback = new Rollback();

  private Create(
      StateRoot root,
      Request request,
      Machine machine,
      JoinableNamespaces namespaces,
      Cancellation cancellation) {
    this.root = root;
    this.request = request;
    this.machine = machine;
    this.cancellation = cancellation;
    this.namespaces = namespaces;
    this.users = users(request, namespaces.joined());
    RuntimeHooks all = new RuntimeHooks(request.spec().hooks(), request.state());
    this.hooks = new CreateHooks(all, cancellation);
  }

  /**
   * A container to be.
   *
   * @param id its id
   * @param configuration of which it is made
   * @param bundle absolute; what relative paths in the configuration are taken from
   * @param split whether its cgroup is
   * @param lifetime whether it ends with this JVM
   * @param cgroupDriver who makes its cgroup
   * @param rootChange how its first process comes to its root
   * @param keyring whose its processes have
   * @param attachments what its program gets from this JVM
   */
  public record Request(
      ContainerId id,
      CheckedSpec configuration,
      Path bundle,
      CgroupSplit split,
      Lifetime lifetime,
      CgroupDriver cgroupDriver,
      RootChange rootChange,
      SessionKeyring keyring,
      Attachments attachments) {

    private Spec spec() {
      return configuration.spec();
    }

    /** The program. */
    public ProcessSpec process() {
      return Objects.requireNonNull(spec().process(), "checked");
    }

    private HookState state() {
      return new HookState(spec().ociVersion(), id.value(), bundle, spec().annotations());
    }

    private boolean hasLaterHooks() {
      Hooks hooks = spec().hooks();
      return !hooks.startContainer().isEmpty()
          || !hooks.poststart().isEmpty()
          || !hooks.poststop().isEmpty();
    }

    private CgroupRequest cgroup() {
      return new CgroupRequest(
          id.value(),
          linux().cgroupsPath(),
          linux().resources(),
          CgroupOwner.of(spec()),
          spec().annotations());
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
      CgroupPath cgroup = Machine.shared().cgroups(request.cgroupDriver()).path(request.cgroup());
      List<JoinedNamespace> joined = JoinedNamespace.assumed(request.linux());
      Users users = users(request, joined);
      // A root that is not there yet is no obstacle to an explanation.
      Path rootfs = RootDirectory.ifPresent(request.bundle(), request.root());
      HostMounts mounts = mounts(request, users, rootfs);
      HostView host = Machine.shared().view(request.linux(), users, mounts).withCgroup(cgroup);
      return plan(request, rootfs, joined, Placement.AT_BIRTH, host).toString();
    } catch (IOException e) {
      throw Failures.worded(request.id().value(), e);
    }
  }

  /**
   * The configuration to start from: one that this user can run on this host.
   *
   * @throws UncheckedIOException if {@code /proc} or the cgroup file system cannot be read
   */
  public static Spec defaults() {
    try {
      return Machine.shared().defaults();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes the container, or leaves everything as it was.
   *
   * @return its first process, which waits
   */
  public static LinuxContainerProcess create(
      StateRoot root, Request request, StdioOpener streams, Cancellation cancellation) {
    String id = request.id().value();
    try (JoinableNamespaces namespaces = JoinableNamespaces.open(request.spec())) {
      return new Create(root, request, Machine.shared(), namespaces, cancellation).create(streams);
    } catch (IOException e) {
      throw Failures.worded(id, e);
    }
  }

  private LinuxContainerProcess create(StdioOpener streams) throws IOException {
    machine.requirePrivilege(request.spec(), users);
    Path rootfs = request.rootfs();
    try (Stdio stdio = streams.open(request.lifetime(), cancellation);
        OpenAttachments attachments = OpenAttachments.of(request.attachments(), cancellation);
        StateDirectory directory = root.create(request.id(), cancellation)) {
      try {
        rollback.onFailure(directory::delete);
        rollback.onFailure(hooks::undo);
        return create(rootfs, directory, stdio, attachments);
      } catch (IOException | RuntimeException | Error e) {
        rollback.run(e);
        throw e;
      }
    }
  }

  private LinuxContainerProcess create(
      Path rootfs, StateDirectory directory, Stdio stdio, OpenAttachments attachments)
      throws IOException {
    directory.writeConfig(request.configuration().json());
    // Before there is anything else: whoever finds what a killed runtime left can remove all of it.
    Optional<Resctrl> resctrl = Resctrl.of(request.id(), request.linux());
    ResctrlState groups = resctrl.map(Resctrl::state).orElse(ResctrlState.NONE);
    CgroupToBe cgroupToBe = machine.cgroups(request.cgroupDriver()).foresee(request.cgroup());
    ContainerRecord foreseen = record(rootfs, cgroupToBe.state(), groups);
    directory.write(foreseen);
    HostView host = machine.view(request.linux(), users, mounts(request, users, rootfs));
    warn(host);
    make(resctrl);
    Optional<NewCgroup> made = make(cgroupToBe);
    Optional<Cgroup> cgroup = made.map(NewCgroup::cgroup);
    ContainerRecord record = foreseen.withCgroup(cgroup.map(Cgroup::state).orElse(null));
    if (!record.equals(foreseen)) {
      directory.write(record);
    }
    HostView view = cgroup.map(Cgroup::path).map(host::withCgroup).orElse(host);
    Optional<CgroupPlace> place = made.map(this::place);
    Placement placement = place.map(CgroupPlace::placement).orElse(Placement.AT_BIRTH);
    Plan plan = plan(request, rootfs, namespaces.joined(), placement, view);
    StreamOwner.give(stdio, request.process().user(), request.linux());
    OutOfMemory memory = OutOfMemory.from(cgroup);
    Observer observer =
        Observer.ofFirst(
            memory, new SentSignals(), new EndingFile(root, request.id(), record.created()));
    try (StubProcess process = launch(plan, directory, place, stdio, attachments)) {
      made.ifPresent(NewCgroup::release);
      LinuxContainerProcess child = Children.adopt(request.id(), process, stdio, observer);
      rollback.onFailure(() -> Children.kill(child));
      if (cgroup.isPresent()) {
        measure(child, cgroup.get(), memory);
      }
      ProcessIdentity identity = ProcessIdentity.of(child.pid());
      directory.write(record.withProcess(identity.pid(), identity.startTime()));
      attachments.send(process.pidfd(), cancellation);
      process.confirm();
      Children.remember(identity, child, root, request.id());
      return child;
    } catch (IOException e) {
      throw memory.explained(e);
    }
  }

  /**
   * Where the first process is to be. Others in a PID namespace that it joins can see it, and could
   * open its descriptors of the cgroup; a cgroup namespace that it joins may not show the cgroup;
   * and in a user namespace it has no permission for a cgroup that is given to another user.
   */
  private CgroupPlace place(NewCgroup made) {
    boolean isSeen =
        namespaces.joined().stream()
            .map(JoinedNamespace::kind)
            .anyMatch(kind -> kind == NamespaceKind.PID || kind == NamespaceKind.CGROUP);
    boolean isAnothers =
        users != Users.INHERITED
            && CgroupOwner.of(request.spec()).stream().anyMatch(owner -> owner != machine.uid());
    return (isSeen || isAnothers) && made.place().entrance().isEmpty()
        ? CgroupPlace.throughThisJvm(made.place().cgroup())
        : made.place();
  }

  private void measure(LinuxContainerProcess child, Cgroup cgroup, OutOfMemory memory)
      throws IOException {
    ContainerMeter meter = new ContainerMeter(request.id(), cgroup);
    child.measureWith(meter);
    if (cgroup.goesByItself()) {
      FileWatches.FileWatch following = memory.follow();
      var _ =
          child.whenEnded(_ -> {
            following.close();
            meter.endWith(child);
          });
    }
  }

  /** What is left out of the configuration: the specification wants a warning, and no failure. */
  private void warn(HostView host) {
    Stream.of(
            request.configuration().warnings(),
            Untold.of(Planner.capabilityWarnings(request.process(), host)),
            Planner.seccompWarnings(request.spec(), host),
            machine.cgroups().leftOut(request.linux().resources()))
        .flatMap(List::stream)
        .forEach(
            problem -> LOG.log(Level.WARNING, "container \"{0}\": {1}", request.id(), problem));
  }

  private Optional<NewCgroup> make(CgroupToBe cgroup) throws IOException {
    Optional<NewCgroup> made = cgroup.make();
    if (made.isEmpty()) {
      return made;
    }
    rollback.onFailure(made.get().cgroup()::remove);
    rollback.onFailure(made.get()::release);
    return Optional.of(
        switch (request.split()) {
          case WHOLE -> made.get();
          case SPLIT -> made.get().split();
        });
  }

  private void make(Optional<Resctrl> resctrl) throws IOException {
    if (resctrl.isPresent()) {
      resctrl.get().make();
      rollback.onFailure(resctrl.get()::remove);
    }
  }

  private ContainerRecord record(Path rootfs, Optional<CgroupState> cgroup, ResctrlState resctrl) {
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
        resctrl,
        request.keyring(),
        request.hasLaterHooks());
  }

  private static Users users(Request request, List<JoinedNamespace> joined) {
    if (joined.stream().anyMatch(each -> each.kind() == NamespaceKind.USER)) {
      return Users.JOINED;
    }
    boolean isNew =
        request.linux().namespaces().stream()
            .anyMatch(each -> each.type() == Namespace.Type.USER && each.path() == null);
    return isNew ? Users.MAPPED : Users.INHERITED;
  }

  private static HostMounts mounts(Request request, Users users, Path rootfs) throws IOException {
    return HostMountsOf.of(request.spec(), users, request.bundle(), rootfs, request.rootChange());
  }

  private static Plan plan(
      Request request,
      Path rootfs,
      List<JoinedNamespace> joined,
      Placement placement,
      HostView host)
      throws IOException {
    return Planner.create(
        new InitRequest(
            request.id(),
            SecurityModules.applicable(request.spec()),
            request.bundle(),
            rootfs,
            request.lifetime(),
            joined,
            request.rootChange(),
            placement,
            request.keyring().name(request.id()),
            host));
  }

  private SeccompAgent agent(long pid) {
    return new SeccompAgent(request.linux(), request.state(), Status.CREATING, pid);
  }

  private StubProcess launch(
      Plan plan,
      StateDirectory directory,
      Optional<CgroupPlace> place,
      Stdio stdio,
      OpenAttachments attachments)
      throws IOException {
    try (Fd socket = directory.listenForStart();
        Fd lock = directory.lockCreated();
        LaunchDescriptors descriptors =
            LaunchDescriptors.of(plan, place.map(CgroupPlace::cgroup), cancellation)) {
      descriptors.put(new Descriptor.StartSocket(), socket);
      descriptors.put(new Descriptor.CreatedLock(), lock);
      namespaces.addTo(descriptors);
      Stops stops =
          new Stops(
              request.id(),
              request.spec(),
              machine,
              place.flatMap(CgroupPlace::entrance),
              hooks::run,
              stdio,
              this::agent,
              cancellation);
      return Launcher.shared().launch(descriptors.launch(stdio, attachments), stops, cancellation);
    } catch (CancelledException e) {
      throw e;
    } catch (IOException e) {
      throw ProcessShortage.explained(e, place.map(CgroupPlace::cgroup));
    }
  }
}
