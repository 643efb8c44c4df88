package dev.berth.linux.testing;

import dev.berth.ContainerBuilder;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Who the container's root is on the host, for what must hold in either case. */
public enum Privilege {
  /** Root of the host. */
  ROOT(0) {
    @Override
    public ContainerBuilder given(ContainerBuilder container) {
      return container;
    }
  },

  /** An unprivileged user, by a user namespace. */
  USER_NAMESPACE(100_000) {
    @Override
    public ContainerBuilder given(ContainerBuilder container) {
      return container.edit(this::withUserNamespace);
    }
  };

  private final int hostId;

  Privilege(int hostId) {
    this.hostId = hostId;
  }

  /** {@code container}, of this kind. */
  public abstract ContainerBuilder given(ContainerBuilder container);

  /** Makes a tree that of the container's root, and returns it. */
  public Path owning(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", hostId, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", hostId, LinkOption.NOFOLLOW_LINKS);
      }
    }
    return tree;
  }

  Spec withUserNamespace(Spec spec) {
    List<IdMapping> mappings = List.of(new IdMapping(0, hostId, 65_536));
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.USER));
    return spec.withLinux(spec.linux().withNamespaces(namespaces).withMappings(mappings, mappings));
  }
}
