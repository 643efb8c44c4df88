package dev.berth.linux.lifecycle;

import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.Hints;
import dev.berth.linux.stub.Launcher;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.MountAttr;
import dev.berth.linux.sys.Mounts;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.LinuxSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The trees that a container's process is handed, since it could not open them itself. */
final class SourceTrees implements AutoCloseable {
  private final Cancellation cancellation;
  private final List<Fd> opened = new ArrayList<>();

  /** Of the last tree with mapped ids: most containers have one map for all. */
  private @Nullable Namespace namespace;

  private record Namespace(LinuxSpec maps, Fd fd) {}

  /** None yet; what opening one waits for ends with {@code cancellation}. */
  SourceTrees(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  /** Opens {@code tree}, as the plan wants it. */
  Fd open(Descriptor.Tree tree) throws IOException {
    Fd fd = clone(tree);
    opened.add(fd);
    // As a peer of the host's mount, which it is by birth, it would hand on to the host what root
    // of a user namespace mounts in it.
    Mounts.mountSetattr(fd, Mounts.AT_RECURSIVE, MountAttr.propagation(Mounts.MS_SLAVE));
    if (tree.idMap() != null) {
      mapIds(fd, tree, tree.idMap());
    }
    return fd;
  }

  /** Closes the trees that were opened so far. */
  void release() {
    opened.forEach(Fd::close);
    opened.clear();
  }

  @Override
  public void close() {
    release();
    if (namespace != null) {
      namespace.fd().close();
    }
  }

  private static Fd clone(Descriptor.Tree tree) throws IOException {
    try {
      return Mounts.openTree(tree.hostPath(), flags(tree.recursive()));
    } catch (SyscallException e) {
      throw refused("open " + tree.hostPath(), e, Hints.ofTree(e.errno().toString()));
    }
  }

  private void mapIds(Fd fd, Descriptor.Tree tree, Descriptor.IdMap map) throws IOException {
    LinuxSpec maps = LinuxSpec.NONE.withMappings(map.uids(), map.gids());
    try {
      Mounts.mountSetattr(fd, flags(map.recursive()), MountAttr.idMap(namespace(maps)));
    } catch (SyscallException e) {
      throw refused("map ids of " + tree.hostPath(), e, Hints.ofIdMap(e.errno().toString()));
    }
  }

  private Fd namespace(LinuxSpec maps) throws IOException {
    Namespace last = namespace;
    if (last != null && last.maps().equals(maps)) {
      return last.fd();
    }
    Machine machine = Machine.shared();
    Fd fd =
        Launcher.shared()
            .userNamespace(pid -> IdMaps.write(pid, maps, machine, cancellation), cancellation);
    namespace = new Namespace(maps, fd);
    if (last != null) {
      last.fd().close();
    }
    return fd;
  }

  private static int flags(boolean recursive) {
    return recursive ? Mounts.AT_RECURSIVE : 0;
  }

  private static IOException refused(String goal, SyscallException e, Optional<String> hint) {
    return new IOException(
        "mount: %s: %s (%s)%s"
            .formatted(goal, e.errno(), e.errno().text(), hint.map(text -> "; " + text).orElse("")),
        e);
  }
}
