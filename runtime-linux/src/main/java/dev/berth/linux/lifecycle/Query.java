package dev.berth.linux.lifecycle;

import dev.berth.ContainerNotFoundException;
import dev.berth.State;
import dev.berth.Status;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.state.ContainerId;
import dev.berth.core.state.ContainerRecord;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.state.StateDirectory;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.util.Optional;

/**
 * What is true of a container now.
 *
 * @param record what is written down
 * @param status what the kernel says to that, but for whether it is paused, for which {@link
 *     #withPause} asks: most operations do not care
 */
record Query(ContainerRecord record, Status status) {

  /**
   * Asks about the container in {@code directory}.
   *
   * @return empty if it is just being made or deleted, so that there is nothing to tell yet, or no
   *     longer
   */
  static Optional<Query> of(StateDirectory directory) throws IOException {
    Optional<ContainerRecord> record = directory.record();
    if (record.isPresent()) {
      try {
        return Optional.of(new Query(record.get(), status(directory, record.get())));
      } catch (SyscallException e) {
        // A deletion removes one file after the other, the record first.
        if (e.errno() != Errno.ENOENT || directory.record().isPresent()) {
          throw e;
        }
        return Optional.empty();
      }
    }
    return directory.isLockedElsewhere()
        ? Optional.empty()
        : directory.leftover().map(left -> new Query(left, Status.STOPPED));
  }

  private static Status status(StateDirectory directory, ContainerRecord record)
      throws IOException {
    if (record.pid() == 0) {
      // Whoever creates holds the lock until the process is written down, or everything is undone.
      return directory.isLockedElsewhere() ? Status.CREATING : Status.STOPPED;
    }
    if (!ProcessIdentity.of(record).isAlive()) {
      return Status.STOPPED;
    }
    return directory.isStartPending() ? Status.CREATED : Status.RUNNING;
  }

  /** The directory of a container that must be there. */
  static StateDirectory find(StateRoot root, ContainerId id) {
    return root.find(id).orElseThrow(() -> new ContainerNotFoundException(id.value()));
  }

  /** The same, locked for a change. */
  static StateDirectory lock(StateRoot root, ContainerId id, Cancellation cancellation)
      throws IOException {
    StateDirectory directory = find(root, id);
    try {
      directory.lock(cancellation);
      return directory;
    } catch (IOException | RuntimeException | Error e) {
      directory.close();
      throw e;
    }
  }

  /** As {@link #of}, of a container that must be there. */
  static Query required(StateDirectory directory) throws IOException {
    return of(directory).orElseThrow(() -> new ContainerNotFoundException(directory.id().value()));
  }

  /** The same, and whether it is paused. */
  Query withPause() throws IOException {
    return switch (status) {
      case CREATED, RUNNING ->
          cgroup().isPresent() && cgroup().get().freezer().isFrozen()
              ? new Query(record, Status.PAUSED)
              : this;
      case CREATING, PAUSED, STOPPED -> this;
    };
  }

  ProcessIdentity process() {
    return ProcessIdentity.of(record);
  }

  /** The container's own cgroup; empty if it stays in the runtime's. */
  Optional<Cgroup> cgroup() throws IOException {
    CgroupState state = record.cgroup();
    return state == null ? Optional.empty() : Optional.of(Machine.shared().find(state));
  }

  /** The state as the specification has it. */
  State state() {
    return new State(
        record.ociVersion(),
        record.id(),
        status,
        status == Status.STOPPED ? 0 : record.pid(),
        record.bundle(),
        record.rootfs(),
        record.created(),
        record.owner(),
        record.annotations());
  }
}
