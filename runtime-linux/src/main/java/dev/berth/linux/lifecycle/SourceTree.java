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
import java.util.Optional;

/** The trees that a container's process is handed, since it could not open them itself. */
final class SourceTree {
  private SourceTree() {}

  /** Opens {@code tree}, as the plan wants it. */
  static Fd open(Descriptor.Tree tree, Cancellation cancellation) throws IOException {
    Fd fd = clone(tree);
    try {
      // As a peer of the host's mount, which it is by birth, it would hand on to the host what root
      // of a user namespace mounts in it.
      Mounts.mountSetattr(fd, Mounts.AT_RECURSIVE, MountAttr.propagation(Mounts.MS_SLAVE));
      if (tree.idMap() != null) {
        mapIds(fd, tree, tree.idMap(), cancellation);
      }
      return fd;
    } catch (IOException | RuntimeException | Error e) {
      fd.close();
      throw e;
    }
  }

  private static Fd clone(Descriptor.Tree tree) throws IOException {
    try {
      return Mounts.openTree(tree.hostPath(), flags(tree.recursive()));
    } catch (SyscallException e) {
      throw refused("open " + tree.hostPath(), e, Hints.ofTree(e.errno().toString()));
    }
  }

  private static void mapIds(
      Fd fd, Descriptor.Tree tree, Descriptor.IdMap map, Cancellation cancellation)
      throws IOException {
    LinuxSpec maps = LinuxSpec.NONE.withMappings(map.uids(), map.gids());
    Machine machine = Machine.shared();
    try (Fd namespace =
        Launcher.shared()
            .userNamespace(pid -> IdMaps.write(pid, maps, machine, cancellation), cancellation)) {
      Mounts.mountSetattr(fd, flags(map.recursive()), MountAttr.idMap(namespace));
    } catch (SyscallException e) {
      throw refused("map ids of " + tree.hostPath(), e, Hints.ofIdMap(e.errno().toString()));
    }
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
