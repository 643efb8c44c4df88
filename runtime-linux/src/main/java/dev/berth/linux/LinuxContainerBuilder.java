package dev.berth.linux;

import dev.berth.Bundle;
import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.InvalidSpecException;
import dev.berth.Limits;
import dev.berth.Problem;
import dev.berth.Result;
import dev.berth.Signal;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.plan.RootChange;
import dev.berth.core.spec.CheckedSpec;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.state.ContainerId;
import dev.berth.core.state.SessionKeyring;
import dev.berth.linux.cgroup.CgroupSplit;
import dev.berth.linux.lifecycle.Attachments;
import dev.berth.linux.lifecycle.Create;
import dev.berth.linux.process.OutputLimit;
import dev.berth.linux.sys.Cancellation;
import dev.berth.spec.Mount;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Spec;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Collects what is to be made, and hands it over as a value. */
final class LinuxContainerBuilder implements ContainerBuilder {
  private final LinuxRuntime runtime;
  private final ContainerId id;
  private final List<UnaryOperator<Spec>> nouns = new ArrayList<>();
  private final List<Mount> mounts = new ArrayList<>();
  private final List<UnaryOperator<Spec>> edits = new ArrayList<>();
  private final Redirects redirects = new Redirects();
  private @Nullable Bundle bundle;
  private @Nullable Spec spec;
  private CgroupSplit split = CgroupSplit.WHOLE;
  private Lifetime lifetime = Lifetime.ATTACHED;
  private SessionKeyring keyring = SessionKeyring.OWN;
  private RootChange rootChange = RootChange.PIVOT;
  private Attachments attachments = Attachments.NONE;
  private OutputLimit outputLimit = OutputLimit.DEFAULT;

  LinuxContainerBuilder(LinuxRuntime runtime, ContainerId id) {
    this.runtime = runtime;
    this.id = id;
  }

  @Override
  public ContainerBuilder bundle(Bundle bundle) {
    this.bundle = bundle;
    return this;
  }

  @Override
  public ContainerBuilder spec(Spec spec) {
    this.spec = spec;
    return this;
  }

  @Override
  public ContainerBuilder rootfs(Path directory) {
    return noun(SpecEdits.rootfs(directory));
  }

  @Override
  public ContainerBuilder writable() {
    return noun(SpecEdits.writable());
  }

  @Override
  public ContainerBuilder command(String... command) {
    List<String> arguments = List.of(command);
    return noun(SpecEdits.process(process -> process.withArgs(arguments)));
  }

  @Override
  public ContainerBuilder environment(String name, String value) {
    return noun(SpecEdits.process(SpecEdits.environment(name, value)));
  }

  @Override
  public ContainerBuilder directory(String directory) {
    return noun(SpecEdits.process(process -> process.withCwd(directory)));
  }

  @Override
  public ContainerBuilder user(int uid, int gid) {
    return noun(SpecEdits.process(SpecEdits.user(uid, gid)));
  }

  @Override
  public ContainerBuilder hostname(String hostname) {
    return noun(spec -> spec.withHostname(hostname));
  }

  @Override
  public ContainerBuilder terminal() {
    return noun(SpecEdits.process(process -> process.withTerminal(true)));
  }

  @Override
  public ContainerBuilder terminal(int columns, int rows) {
    return noun(SpecEdits.process(SpecEdits.terminal(columns, rows)));
  }

  @Override
  public ContainerBuilder mount(Mount mount) {
    mounts.add(mount);
    return this;
  }

  @Override
  public ContainerBuilder bindReadOnly(Path source, String destination) {
    return mount(SpecEdits.bind(source, destination, "ro"));
  }

  @Override
  public ContainerBuilder bind(Path source, String destination) {
    return mount(SpecEdits.bind(source, destination));
  }

  @Override
  public ContainerBuilder seccomp(Seccomp profile) {
    return noun(spec -> spec.withLinux(spec.linux().withSeccomp(profile)));
  }

  @Override
  public ContainerBuilder inheritKeyring() {
    keyring = SessionKeyring.INHERITED;
    return this;
  }

  @Override
  public ContainerBuilder limits(Limits limits) {
    return noun(SpecEdits.limits(limits));
  }

  @Override
  public ContainerBuilder splitCgroup() {
    split = CgroupSplit.SPLIT;
    return this;
  }

  @Override
  public ContainerBuilder edit(UnaryOperator<Spec> change) {
    edits.add(change);
    return this;
  }

  private ContainerBuilder noun(UnaryOperator<Spec> change) {
    nouns.add(change);
    return this;
  }

  @Override
  public ContainerBuilder redirectInput(Redirect source) {
    redirects.input(source);
    return this;
  }

  @Override
  public ContainerBuilder redirectOutput(Redirect destination) {
    redirects.output(destination);
    return this;
  }

  @Override
  public ContainerBuilder redirectError(Redirect destination) {
    redirects.error(destination);
    return this;
  }

  @Override
  public ContainerBuilder outputLimit(int bytes) {
    outputLimit = new OutputLimit(bytes);
    return this;
  }

  @Override
  public ContainerBuilder withoutPivot() {
    rootChange = RootChange.MOVE;
    return this;
  }

  @Override
  public ContainerBuilder consoleSocket(Path socket) {
    redirects.consoleSocket(socket);
    return this;
  }

  @Override
  public ContainerBuilder descriptors(int... numbers) {
    attachments = attachments.withDescriptors(IntStream.of(numbers).boxed().toList());
    return this;
  }

  @Override
  public ContainerBuilder pidfdSocket(Path socket) {
    attachments = attachments.withPidfdSocket(socket);
    return this;
  }

  @Override
  public ContainerBuilder detached() {
    lifetime = Lifetime.DETACHED;
    return this;
  }

  @Override
  public Spec spec() {
    Spec result = base();
    for (UnaryOperator<Spec> noun : nouns) {
      result = noun.apply(result);
    }
    result = SpecEdits.mounts(mounts).apply(result);
    for (UnaryOperator<Spec> edit : edits) {
      result = edit.apply(result);
    }
    return result;
  }

  private Spec base() {
    if (spec != null) {
      return spec;
    }
    if (bundle != null) {
      return bundle.spec();
    }
    return SpecEdits.process(process -> process.withTerminal(false)).apply(Create.defaults());
  }

  @Override
  public String explain() {
    return Create.explain(request(checked()));
  }

  @Override
  public Container create() {
    return create(checked(), Cancellation.NO_LIMIT);
  }

  private LinuxContainer create(CheckedSpec configuration, Duration limit) {
    return runtime.create(request(configuration), redirects, limit);
  }

  @Override
  public Container start() {
    return start(checked(), Cancellation.NO_LIMIT);
  }

  private LinuxContainer start(CheckedSpec configuration, Duration limit) {
    long begun = System.nanoTime();
    LinuxContainer container = create(configuration, limit);
    try {
      container.start(limit.minusNanos(System.nanoTime() - begun));
      return container;
    } catch (RuntimeException | Error e) {
      try {
        container.discard();
      } catch (RuntimeException cleanup) {
        e.addSuppressed(cleanup);
      }
      throw e;
    }
  }

  @Override
  public Result run() throws InterruptedException {
    return run(Cancellation.NO_LIMIT);
  }

  @Override
  public Result run(Duration limit) throws InterruptedException {
    lifetime = Lifetime.ATTACHED;
    CheckedSpec configuration = checked();
    return Commands.run(
        id,
        arguments(configuration),
        Commands.timeLimit(limit),
        outputLimit,
        within -> {
          LinuxContainer container = start(configuration, within);
          return new Commands.Running(
              container.process(), () -> container.killAll(Signal.KILL), container::close);
        });
  }

  private Create.Request request(CheckedSpec configuration) {
    return new Create.Request(
        id,
        configuration,
        bundleDirectory(configuration.spec()),
        split,
        lifetime,
        runtime.cgroupDriver(),
        rootChange,
        keyring,
        attachments);
  }

  private static List<String> arguments(CheckedSpec configuration) {
    return Objects.requireNonNull(configuration.spec().process(), "checked").args();
  }

  /** Of a bundle as it is, the checks were made when it was read. */
  private CheckedSpec checked() {
    if (bundle instanceof LinuxBundle unchanged
        && spec == null
        && nouns.isEmpty()
        && mounts.isEmpty()
        && edits.isEmpty()) {
      return unchanged.checked();
    }
    return CheckedSpec.of("config.json", spec());
  }

  /**
   * Without a bundle, the state directory is one: it has the configuration, with an absolute root.
   */
  private Path bundleDirectory(Spec spec) {
    if (bundle != null) {
      return bundle.directory();
    }
    String root = Objects.requireNonNull(spec.root(), "checked").path();
    if (!root.startsWith("/")) {
      throw relativeRoot(root);
    }
    return runtime.root().resolve(id.value());
  }

  /** Whoever gave no configuration has never heard of the path that the defaults have. */
  private InvalidSpecException relativeRoot(String root) {
    Problem problem =
        this.spec == null && root.equals(SpecDefaults.ROOT_PATH)
            ? new Problem(
                "rootfs", "missing: name a directory by rootfs(…), or a bundle by bundle(…)")
            : new Problem(
                "root.path",
                "\"%s\" is not absolute, and there is no bundle that it could be taken from"
                    .formatted(root));
    return new InvalidSpecException("container \"%s\"".formatted(id.value()), List.of(problem));
  }
}
