package dev.berth.linux.lifecycle;

import dev.berth.core.plan.Step;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupPlace;
import dev.berth.linux.stub.StepFailedException;
import dev.berth.linux.sys.Errno;
import java.io.IOException;
import java.util.Optional;

/** What else to try once the kernel has refused an exec process its place. */
final class OtherPlace {
  private OtherPlace() {}

  /**
   * Another place, or another way into the same one; empty if it was not the place that was
   * refused, or there is no other.
   *
   * @param isAnyInside whether the process may as well be in a cgroup inside the container's
   */
  static Optional<CgroupPlace> after(
      StepFailedException refusal, CgroupPlace refused, Query query, boolean isAnyInside)
      throws IOException {
    return switch (refusal.plan().steps().get(refusal.index())) {
      case Step.Fork _, Step.JoinCgroup _ -> after(refusal.errno(), refused, query, isAnyInside);
      default -> Optional.empty();
    };
  }

  private static Optional<CgroupPlace> after(
      Errno errno, CgroupPlace refused, Query query, boolean isAnyInside) throws IOException {
    Optional<Cgroup> container = query.cgroup();
    if (container.isEmpty()) {
      return Optional.empty();
    }
    Optional<Cgroup> below =
        isAnyInside ? InitCgroup.below(container.get(), query.record().pid()) : Optional.empty();
    return switch (errno) {
      // A cgroup of version 2 that hands controllers down takes no process itself: a program in the
      // container that did so, such as systemd, has moved into one below, and there is room for
      // more.
      case EBUSY -> below.map(CgroupPlace::in);
      // A user may move processes only within what is delegated to him, and this JVM, in whose
      // cgroup the process is born, is outside of that: after a login by ssh, say. His systemd may
      // ask that of the system.
      case EACCES -> {
        Cgroup place = below.orElse(refused.cgroup());
        yield container
            .get()
            .entranceTo(place)
            .map(bySystemd -> CgroupPlace.through(bySystemd, place));
      }
      // The process and the one that it is forked from take two places of pids.max for a moment.
      case EAGAIN -> Optional.of(CgroupPlace.throughThisJvm(refused.cgroup()));
      default -> Optional.empty();
    };
  }
}
