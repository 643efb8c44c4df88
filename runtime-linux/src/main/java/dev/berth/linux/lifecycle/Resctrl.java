package dev.berth.linux.lifecycle;

import dev.berth.core.resctrl.ResctrlRequest;
import dev.berth.core.resctrl.ResctrlState;
import dev.berth.core.resctrl.ResctrlTree;
import dev.berth.core.state.ContainerId;
import dev.berth.core.text.KernelText;
import dev.berth.spec.IntelRdt;
import dev.berth.spec.LinuxSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The group of the resctrl file system that a container is to be in. */
record Resctrl(ResctrlTree tree, ResctrlRequest request, ResctrlState state) {

  /**
   * Finds out what there is to do.
   *
   * @return empty if the configuration asks for no group
   */
  static Optional<Resctrl> of(ContainerId id, LinuxSpec linux) throws IOException {
    if (linux.intelRdt() == null) {
      return Optional.empty();
    }
    ResctrlTree tree = mounted();
    ResctrlRequest request = ResctrlRequest.of(linux.intelRdt(), id.value());
    return Optional.of(new Resctrl(tree, request, tree.foresee(request)));
  }

  private static ResctrlTree mounted() throws IOException {
    return ResctrlTree.find(KernelText.read(Path.of("/proc/self/mountinfo")));
  }

  void make() throws IOException {
    tree.make(request, state);
  }

  void remove() throws IOException {
    tree.remove(state);
  }

  /** Puts a process of a container into its group. */
  static void join(ContainerId id, LinuxSpec linux, long pid) throws IOException {
    IntelRdt rdt = Objects.requireNonNull(linux.intelRdt(), "planned");
    mounted().join(ResctrlRequest.of(rdt, id.value()), pid);
  }

  /** Other schemata for the group of a container. */
  record Change(ResctrlTree tree, String group, List<String> former, List<String> schemata) {
    void make() throws IOException {
      tree.write(group, schemata);
    }

    void undo() throws IOException {
      tree.write(group, former);
    }
  }

  /**
   * Finds out what there is to do for {@code schemata}.
   *
   * @param linux the container's
   */
  static Change change(ContainerId id, LinuxSpec linux, IntelRdt schemata) throws IOException {
    IntelRdt own = linux.intelRdt();
    if (own == null) {
      throw new IOException(
          "linux.intelRdt: the container is in no group that could have schemata; create it with some");
    }
    ResctrlTree tree = mounted();
    String group = ResctrlRequest.of(own, id.value()).group();
    List<String> lines = ResctrlRequest.of(schemata, id.value()).schemata();
    return new Change(tree, group, tree.former(group, lines), lines);
  }

  /** The container's own with other schemata, where they are given. */
  static @Nullable IntelRdt merged(LinuxSpec linux, IntelRdt schemata) {
    IntelRdt own = linux.intelRdt();
    return own == null
        ? null
        : new IntelRdt(
            own.closID(),
            schemata.schemata().isEmpty() ? own.schemata() : schemata.schemata(),
            schemata.l3CacheSchema() == null ? own.l3CacheSchema() : schemata.l3CacheSchema(),
            schemata.memBwSchema() == null ? own.memBwSchema() : schemata.memBwSchema(),
            own.enableCMT(),
            own.enableMBM(),
            own.enableMonitoring());
  }

  /** Removes what was made for a container. */
  static void remove(ResctrlState made) throws IOException {
    if (!made.equals(ResctrlState.NONE)) {
      mounted().remove(made);
    }
  }
}
