package dev.berth.linux.lifecycle;

import dev.berth.core.plan.Placement;
import dev.berth.core.plan.Step;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.NewCgroup;
import dev.berth.linux.stub.StepFailedException;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.util.Optional;

/**
 * Where a further process is to be.
 *
 * @param cgroup empty for that of the runtime
 * @param entrance how it is put there; empty where it is to be born in it, or joins by itself
 */
record ExecPlace(Optional<Cgroup> cgroup, Optional<NewCgroup.Entrance> entrance) {

  /** What the plan of the process has to do about it. */
  Placement placement() {
    return entrance.isPresent() ? Placement.BY_RUNTIME : Placement.AT_BIRTH;
  }

  /** The cgroup, if the process comes into it without help. */
  Optional<Cgroup> birthplace() {
    return entrance.isPresent() ? Optional.empty() : cgroup;
  }

  /**
   * What else to try once the kernel has refused this one.
   *
   * @param isAnyInside whether the process may as well be in a cgroup inside the container's
   */
  Optional<ExecPlace> after(IOException refusal, Query query, boolean isAnyInside)
      throws IOException {
    Optional<Cgroup> container = query.cgroup();
    Optional<Errno> errno = errno(refusal);
    if (cgroup.isEmpty() || container.isEmpty() || errno.isEmpty()) {
      return Optional.empty();
    }
    Optional<Cgroup> below =
        isAnyInside ? InitCgroup.below(container.get(), query.record().pid()) : Optional.empty();
    return switch (errno.get()) {
      // A cgroup of version 2 that hands controllers down takes no process itself: a program in the
      // container that did so, such as systemd, has moved into one below, and there is room for
      // more.
      case EBUSY -> below.map(_ -> new ExecPlace(below, Optional.empty()));
      // A user may move processes only within what is delegated to him, and this JVM, in whose
      // cgroup the process is born, is outside of that: after a login by ssh, say. His systemd may
      // ask that of the system.
      case EACCES -> {
        Cgroup place = below.orElse(cgroup.get());
        yield container
            .get()
            .entranceTo(place)
            .map(bySystemd -> new ExecPlace(Optional.of(place), Optional.of(bySystemd)));
      }
      default -> Optional.empty();
    };
  }

  /** Why the process could not come into the cgroup; empty if it was something else. */
  private static Optional<Errno> errno(IOException refusal) {
    return switch (refusal) {
      case SyscallException call when call.call().startsWith("clone3") -> Optional.of(call.errno());
      case StepFailedException step
          when step.plan().steps().get(step.index()) instanceof Step.JoinCgroup ->
          Optional.of(step.errno());
      default -> Optional.empty();
    };
  }
}
