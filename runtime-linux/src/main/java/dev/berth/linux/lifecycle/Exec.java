package dev.berth.linux.lifecycle;

import dev.berth.ContainerNotFoundException;
import dev.berth.ContainerSetupException;
import dev.berth.ContainerStateException;
import dev.berth.Problem;
import dev.berth.Status;
import dev.berth.core.cgroup.SubCgroups;
import dev.berth.core.lifecycle.Operation;
import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.ExecRequest;
import dev.berth.core.plan.HostMounts;
import dev.berth.core.plan.HostView;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Placement;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Planner;
import dev.berth.core.plan.Step;
import dev.berth.core.spec.CheckedSpec;
import dev.berth.core.state.ContainerId;
import dev.berth.core.state.HookState;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupPlace;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Observer;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.stub.Launcher;
import dev.berth.linux.stub.StepFailedException;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The operation "exec": a further process in a container. Takes no lock, so that many can be
 * started at once; one that comes too late finds no namespaces to join.
 */
public final class Exec {
  private static final System.Logger LOG = System.getLogger(Exec.class.getName());

  /** The kernel tells nobody that a cgroup of version 1 was thawed. */
  private static final Duration RESUME_POLL = Duration.ofMillis(20);

  /** What the first process takes to end when the others in its PID namespace have been killed. */
  private static final Duration ENDING = Duration.ofMillis(100);

  private final ContainerId id;
  private final Request request;
  private final Cancellation cancellation;
  private final ProcessSpec process;

  private Exec(ContainerId id, Request request, Cancellation cancellation) {
    this.id = id;
    this.request = request;
    this.cancellation = cancellation;
    CheckedSpec checked = CheckedSpec.ofExec(request.spec);
    this.process = Objects.requireNonNull(checked.spec().process(), "checked");
    warn(checked.warnings());
  }

  private void warn(List<Problem> warnings) {
    Untold.of(warnings)
        .forEach(problem -> LOG.log(Level.WARNING, "container \"{0}\": exec: {1}", id, problem));
  }

  /**
   * A process to be.
   *
   * @param spec the container's configuration, with the process to be started as its process
   * @param lifetime whether it ends with this JVM
   * @param cgroups where inside the container's cgroup it is to be
   * @param sharing whether it is there together with others
   * @param whilePaused what to do while the container is
   * @param attachments what its program gets from this JVM
   */
  public record Request(
      Spec spec,
      Lifetime lifetime,
      SubCgroups cgroups,
      Sharing sharing,
      WhilePaused whilePaused,
      Attachments attachments) {}

  /** Whether a process is in a cgroup with others, or in a new one inside. */
  public enum Sharing {
    SHARED,
    OWN
  }

  /**
   * What becomes of an exec in a paused container. A process that joined a frozen cgroup would stop
   * half-way, and with it the thread that waits for its program; so it is not made before the
   * container goes on.
   */
  public enum WhilePaused {
    REFUSE,
    WAIT
  }

  /**
   * Starts a process in the container.
   *
   * @param cancellation kills one that does not get that far
   */
  public static LinuxContainerProcess start(
      StateRoot root,
      ContainerId id,
      Request request,
      StdioOpener streams,
      Cancellation cancellation) {
    Exec exec = new Exec(id, request, cancellation);
    try (StateDirectory directory = Query.find(root, id)) {
      return exec.start(directory, streams);
    } catch (IOException e) {
      throw Failures.worded(root, id, e);
    }
  }

  private LinuxContainerProcess start(StateDirectory directory, StdioOpener streams)
      throws IOException {
    Query query = running(directory);
    try (Fd init = init(directory, query)) {
      try {
        return start(resumed(directory, query), init, streams);
      } catch (IOException failed) {
        requireStillRunning(directory, init, failed);
        throw failed;
      }
    }
  }

  /** What is true of the container once it is not paused. */
  private Query resumed(StateDirectory directory, Query asked) throws IOException {
    Query query = asked;
    Optional<Cgroup> cgroup = cgroup(query);
    while (cgroup.isPresent() && cgroup.get().freezer().isFrozen()) {
      awaitResume(query);
      query = running(directory);
    }
    return query;
  }

  private LinuxContainerProcess start(Query query, Fd init, StdioOpener streams)
      throws IOException {
    Optional<Cgroup> cgroup = cgroup(query);
    return switch (request.sharing) {
      case SHARED -> start(query, init, cgroup, OutOfMemory.during(query.cgroup()), streams);
      case OWN -> startApart(query, init, cgroup.orElseThrow(this::withoutCgroup), streams);
    };
  }

  /** Where the container has ended meanwhile, that is why no process could be made in it. */
  private void requireStillRunning(StateDirectory directory, Fd init, IOException failure)
      throws IOException {
    if (failure instanceof CancelledException || isOwn(failure)) {
      return;
    }
    Descriptors.poll(init, Descriptors.POLLIN, ENDING);
    try {
      running(directory);
    } catch (ContainerStateException | ContainerNotFoundException ended) {
      ended.addSuppressed(failure);
      throw ended;
    }
  }

  /** Whether the process itself has told, once it had joined the container. */
  private static boolean isOwn(IOException failure) {
    return failure instanceof StepFailedException failed
        && !switch (failed.plan().steps().get(failed.index())) {
          case Step.JoinCgroup _, Step.JoinNamespaces _, Step.Fork _ -> true;
          default -> false;
        };
  }

  /** In a cgroup of its own. */
  private LinuxContainerProcess startApart(Query query, Fd init, Cgroup outer, StdioOpener streams)
      throws IOException {
    ExecCgroup own = ExecCgroup.make(id, outer);
    try {
      OutOfMemory memory = OutOfMemory.duringIn(own.cgroup(), query.cgroup());
      LinuxContainerProcess child = start(query, init, Optional.of(own.cgroup()), memory, streams);
      child.measureWith(own);
      own.endWith(child);
      return child;
    } catch (IOException | RuntimeException | Error e) {
      own.removeAfter(e);
      throw e;
    }
  }

  private LinuxContainerProcess start(
      Query query, Fd init, Optional<Cgroup> cgroup, OutOfMemory memory, StdioOpener streams)
      throws IOException {
    try (Stdio stdio = streams.open(request.lifetime, cancellation);
        OpenAttachments attachments = OpenAttachments.of(request.attachments, cancellation);
        StubProcess stub = launch(query, init, cgroup, stdio, attachments)) {
      send(stub, attachments);
      return Children.adopt(
          id, stub, stdio, Observer.of(memory, Children.sentToAll(query.process())));
    }
  }

  private Query running(StateDirectory directory) throws IOException {
    Query query = Query.required(directory);
    Operation.EXEC.requireAllowed(id.value(), query.status(), query.record().pid());
    return query;
  }

  private Optional<Cgroup> cgroup(Query query) throws IOException {
    Optional<Cgroup> own = query.cgroup();
    if (request.cgroups.isEmpty()) {
      return own;
    }
    request.cgroups.requireMounted(Machine.shared().cgroups().layout());
    return Optional.of(own.orElseThrow(this::withoutCgroup).inside(request.cgroups::in));
  }

  private ContainerSetupException withoutCgroup() {
    return new ContainerSetupException(
        id.value(), "it has no cgroup of its own that a process could be put into", null);
  }

  private void awaitResume(Query query) throws IOException {
    if (request.whilePaused == WhilePaused.REFUSE) {
      Operation.EXEC.requireAllowed(id.value(), Status.PAUSED, query.record().pid());
    }
    cancellation.startTimeout(); // the caller has asked for this wait
    cancellation.sleep(RESUME_POLL);
  }

  private Fd init(StateDirectory directory, Query query) throws IOException {
    Optional<Fd> init = query.process().open();
    if (init.isEmpty()) {
      running(directory); // which it is not any more
    }
    return init.orElseThrow(() -> new IOException("it has just stopped"));
  }

  private StubProcess launch(
      Query query, Fd init, Optional<Cgroup> cgroup, Stdio stdio, OpenAttachments attachments)
      throws IOException {
    Optional<CgroupPlace> place = cgroup.map(CgroupPlace::in);
    try {
      return launchIn(place, query, init, stdio, attachments);
    } catch (StepFailedException e) {
      boolean isAnyInside = request.cgroups.isEmpty() && request.sharing == Sharing.SHARED;
      Optional<CgroupPlace> other =
          place.isPresent()
              ? OtherPlace.after(e, place.get(), query, isAnyInside)
              : Optional.empty();
      if (other.isEmpty()) {
        throw ProcessShortage.explained(e, cgroup);
      }
      return launchIn(other, query, init, stdio, attachments);
    }
  }

  private StubProcess launchIn(
      Optional<CgroupPlace> place, Query query, Fd init, Stdio stdio, OpenAttachments attachments)
      throws IOException {
    Plan plan = plan(query, place);
    try (LaunchDescriptors descriptors =
        LaunchDescriptors.of(plan, place.map(CgroupPlace::cgroup), cancellation)) {
      descriptors.put(new Descriptor.InitProcess(), init);
      descriptors.putRoot(query.record().pid());
      StreamOwner.give(stdio, process.user(), request.spec.linux());
      Stops stops =
          new Stops(
              id,
              request.spec.withProcess(process),
              Machine.shared(),
              place.flatMap(CgroupPlace::entrance),
              Exec::noHooks,
              stdio,
              _ -> agent(query),
              cancellation);
      return Launcher.shared().launch(descriptors.launch(stdio, attachments), stops, cancellation);
    }
  }

  private SeccompAgent agent(Query query) {
    return new SeccompAgent(
        request.spec.linux(), HookState.of(query.record()), query.status(), query.record().pid());
  }

  private static void noHooks(long pid) {}

  /** Without it, the process is of no use to the caller. */
  private void send(StubProcess stub, OpenAttachments attachments) throws IOException {
    try {
      attachments.send(stub.pidfd(), cancellation);
    } catch (IOException e) {
      stub.kill(e);
      throw e;
    }
  }

  private Plan plan(Query query, Optional<CgroupPlace> place) throws IOException {
    NamespacesOf own = NamespacesOf.thisJvm();
    NamespacesOf containers = NamespacesOf.process(query.record().pid());
    Set<NamespaceKind> namespaces = containers.differentFrom(own);
    Users users = namespaces.contains(NamespaceKind.USER) ? Users.JOINED : Users.INHERITED;
    HostView host = Machine.shared().view(request.spec.linux(), users, HostMounts.USUAL);
    warn(Planner.capabilityWarnings(process, host));
    return Planner.exec(
        new ExecRequest(
            SecurityModules.applicable(request.spec),
            namespaces,
            request.lifetime,
            place.map(CgroupPlace::placement).orElse(Placement.AT_BIRTH),
            query.record().keyring().name(id),
            place.map(CgroupPlace::cgroup).map(Cgroup::path).map(host::withCgroup).orElse(host)));
  }
}
