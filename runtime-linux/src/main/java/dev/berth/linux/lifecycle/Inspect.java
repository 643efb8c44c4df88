package dev.berth.linux.lifecycle;

import dev.berth.ContainerNotFoundException;
import dev.berth.InvalidSpecException;
import dev.berth.State;
import dev.berth.Stats;
import dev.berth.Status;
import dev.berth.core.cgroup.CgroupContents;
import dev.berth.core.cgroup.CgroupV2Figures;
import dev.berth.core.spec.SpecReader;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.process.LinuxContainerProcess;
import dev.berth.linux.process.Observer;
import dev.berth.linux.process.SentSignals;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The operation "state", and what else can be asked of a container. */
public final class Inspect {
  private Inspect() {}

  /** The state; empty if there is no such container. */
  public static Optional<State> find(StateRoot root, ContainerId id) {
    Optional<StateDirectory> found = root.find(id);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (StateDirectory directory = found.get()) {
      Optional<Query> query = Query.of(directory);
      return query.isEmpty() ? Optional.empty() : Optional.of(query.get().withPause().state());
    } catch (IOException e) {
      throw Failures.of(root, id, e);
    }
  }

  /** The configuration that the container was made with, with its limits of now. */
  public static Spec spec(StateRoot root, ContainerId id) {
    try (StateDirectory directory = Query.find(root, id)) {
      return spec(directory);
    } catch (IOException e) {
      throw Failures.of(root, id, e);
    }
  }

  static Spec spec(StateDirectory directory) throws IOException {
    byte[] json =
        directory
            .config()
            .orElseThrow(() -> new ContainerNotFoundException(directory.id().value()));
    return SpecReader.read(json, Spec.class)
        .orThrow(problems -> new InvalidSpecException(directory.path() + "/config.json", problems));
  }

  /** The first process of a container. */
  public static LinuxContainerProcess process(StateRoot root, ContainerId id) {
    try (StateDirectory directory = Query.find(root, id)) {
      return process(root, Query.required(directory));
    } catch (IOException e) {
      throw Failures.of(root, id, e);
    }
  }

  static LinuxContainerProcess process(StateRoot root, Query query) throws IOException {
    Optional<LinuxContainerProcess> child = Children.find(query.process());
    if (child.isPresent()) {
      return child.get();
    }
    String id = query.record().id();
    Observer observer =
        Observer.ofFirst(
            OutOfMemory.from(query.cgroup()),
            new SentSignals(),
            new EndingFile(root, new ContainerId(id), query.record().created()));
    // One that nobody has reaped yet has ended, but how is yet to be noted.
    Optional<Fd> pidfd = query.process().openUnreaped();
    int pid = (int) query.record().pid();
    if (pidfd.isEmpty()) {
      return LinuxContainerProcess.ended(id, pid, observer);
    }
    try {
      return LinuxContainerProcess.found(id, pid, pidfd.get(), observer);
    } catch (IOException | RuntimeException | Error e) {
      pidfd.get().close();
      throw e;
    }
  }

  /** The pids, on the host, of what runs in the container. */
  public static List<Integer> processes(StateRoot root, ContainerId id) {
    try (StateDirectory directory = Query.find(root, id)) {
      Query query = Query.required(directory);
      Optional<Cgroup> cgroup = query.cgroup();
      if (cgroup.isPresent()) {
        return cgroup.get().processes().pids();
      }
      return query.status() == Status.STOPPED ? List.of() : List.of((int) query.record().pid());
    } catch (IOException e) {
      throw Failures.of(root, id, e);
    }
  }

  /** What the container uses and has used; all is absent of one without a cgroup. */
  public static Stats stats(StateRoot root, ContainerId id) {
    try (StateDirectory directory = Query.find(root, id)) {
      Optional<Cgroup> cgroup = Query.required(directory).cgroup();
      return cgroup.isPresent()
          ? cgroup.get().stats()
          : new CgroupV2Figures(CgroupContents.NONE).stats(Instant.now());
    } catch (IOException e) {
      throw Failures.of(root, id, e);
    }
  }
}
