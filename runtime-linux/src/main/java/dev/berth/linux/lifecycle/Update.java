package dev.berth.linux.lifecycle;

import dev.berth.ContainerException;
import dev.berth.Problem;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.ResourceChange;
import dev.berth.core.lifecycle.Operation;
import dev.berth.core.spec.SpecChecks;
import dev.berth.core.spec.SpecWriter;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.CgroupUpdate;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Cancellation;
import dev.berth.spec.IntelRdt;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The operation "update": other limits for a container that lives; all of them or none. */
public final class Update {
  private static final System.Logger LOG = System.getLogger(Update.class.getName());
  private static final String SOURCE = "update";

  private final StateDirectory directory;
  private final Query query;
  private final Spec before;
  private final Rollback rollback = new Rollback();

  private Update(StateDirectory directory, Query query) throws IOException {
    this.directory = directory;
    this.query = query;
    this.before = Inspect.spec(directory);
  }

  /**
   * What is to change; what is not mentioned does not.
   *
   * @param resources from the limits that the container has
   * @param rdt schemata for its group of the resctrl file system
   */
  public record Request(UnaryOperator<LinuxResources> resources, @Nullable IntelRdt rdt) {}

  /** Changes limits, in the kernel and in the configuration that is kept. */
  public static void update(
      StateRoot root, ContainerId id, Request request, Cancellation cancellation) {
    try (StateDirectory directory = Query.lock(root, id, cancellation)) {
      Query query = Query.required(directory);
      Operation.UPDATE.requireAllowed(id.value(), query.status(), query.record().pid());
      new Update(directory, query).run(request);
    } catch (IOException e) {
      throw Failures.of(root, id, e);
    }
  }

  private void run(Request request) throws IOException {
    LinuxSpec linux = before.linux();
    ResourceChange change =
        new ResourceChange(linux.resources(), request.resources().apply(linux.resources()));
    Spec after = before.withLinux(linux.withResources(change.merged()));
    if (request.rdt() != null) {
      after = after.withLinux(after.linux().withIntelRdt(Resctrl.merged(linux, request.rdt())));
    }
    check(after, change.mentioned());
    try {
      make(after, change, Optional.ofNullable(request.rdt()));
    } catch (IOException e) {
      rollback.run(e);
      throw new ContainerException(query.record().id(), e.getMessage() + "; " + outcome(e), e);
    } catch (RuntimeException e) {
      rollback.run(e);
      throw e;
    }
  }

  private void make(Spec after, ResourceChange change, Optional<IntelRdt> rdt) throws IOException {
    rollback.onFailure(directory::discardConfig);
    directory.prepareConfig(SpecWriter.write(after).getBytes(StandardCharsets.UTF_8));
    if (rdt.isPresent()) {
      Resctrl.Change schemata = Resctrl.change(directory.id(), before.linux(), rdt.get());
      schemata.make();
      rollback.onFailure(schemata::undo);
    }
    if (!change.mentioned().equals(LinuxResources.NONE)) {
      CgroupUpdate limits = limits(change);
      rollback.onFailure(limits::undo);
      limits.make();
    }
    directory.replaceConfig();
  }

  private CgroupUpdate limits(ResourceChange change) throws IOException {
    return query
        .cgroup()
        .orElseThrow(() ->
            new UnsupportedFeatureException(
                ("container \"%s\": cannot update: it has no cgroup of its own that could have limits;"
                        + " make it as root, or with linux.cgroupsPath in a cgroup that is delegated"
                        + " to this user")
                    .formatted(query.record().id())))
        .update(change);
  }

  /** What becomes of the limits when one was refused. */
  private static String outcome(IOException cause) {
    return cause.getSuppressed().length == 0
        ? "all limits are as they were"
        : Arrays.stream(cause.getSuppressed())
            .flatMap(undo -> Stream.concat(Stream.of(undo), Arrays.stream(undo.getSuppressed())))
            .map(Throwable::getMessage)
            .collect(Collectors.joining("; ", "not all limits are as they were: ", ""));
  }

  private void check(Spec after, LinuxResources mentioned) throws IOException {
    SpecChecks.checkResources(after).requireValid(SOURCE);
    Spec change = before.withLinux(before.linux().withResources(mentioned));
    List<Problem> warnings = SpecChecks.checkResources(change).warnings();
    List<Problem> leftOut = Machine.shared().cgroups().leftOut(mentioned);
    Stream.concat(warnings.stream(), leftOut.stream())
        .forEach(problem ->
            LOG.log(Level.WARNING, "container \"{0}\": {1}", query.record().id(), problem));
  }
}
