package dev.berth.linux.lifecycle;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.plan.HostMounts;
import dev.berth.core.plan.HostView;
import dev.berth.core.plan.HostView.Groups;
import dev.berth.core.plan.HostView.Nodes;
import dev.berth.core.spec.Capability;
import dev.berth.core.spec.MountOptions;
import dev.berth.linux.cgroup.Cgroups;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.Processes;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM may do on this host; found out once, since it cannot change while the JVM runs.
 *
 * @param cgroups the host's
 * @param capabilities the permitted set, bit n is capability n
 * @param openFilesHardLimit -1 for none
 * @param uid the effective one
 * @param nodes how device nodes come about
 */
record Machine(Cgroups cgroups, long capabilities, long openFilesHardLimit, long uid, Nodes nodes) {
  private static @Nullable Machine shared;

  /** This one. */
  static synchronized Machine shared() throws IOException {
    Machine known = shared;
    if (known == null) {
      known =
          new Machine(
              Cgroups.open(),
              permittedCapabilities(),
              Processes.prlimit64(0, Processes.RLIMIT_NOFILE).hard(),
              Host.geteuid(),
              Host.isInFirstUserNamespace() ? Nodes.MADE : Nodes.BOUND);
      shared = known;
    }
    return known;
  }

  private static long permittedCapabilities() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapPrm:")) {
        return Long.parseUnsignedLong(line.substring(line.indexOf('\t') + 1), 16);
      }
    }
    throw new IOException("/proc/self/status: no CapPrm");
  }

  /**
   * What a plan has to know.
   *
   * @param cgroup of the container, if it has one of its own
   * @param mounts the host's
   */
  HostView view(LinuxSpec linux, Optional<CgroupPath> cgroup, HostMounts mounts) {
    boolean ownUser = hasUserNamespace(linux);
    return new HostView(
        cgroups.layout(),
        cgroup.orElse(null),
        ownUser ? Capability.ALL : capabilities,
        ownUser && uid != 0 ? Groups.INHERITED : Groups.CHOSEN,
        nodes,
        openFilesHardLimit,
        mounts);
  }

  static boolean hasUserNamespace(LinuxSpec linux) {
    return linux.namespaces().stream().anyMatch(each -> each.type() == Namespace.Type.USER);
  }

  /**
   * Lets pass what this user may do.
   *
   * @throws UnsupportedFeatureException if only root can make such a container
   */
  void requirePrivilege(Spec spec) {
    if (uid == 0) {
      return;
    }
    List<Mount> mounts = spec.mounts();
    for (int i = 0; i < mounts.size(); i++) {
      if (isIdMapped(mounts.get(i))) {
        throw new UnsupportedFeatureException(
            "mounts[%d]: uid %d cannot map the ids of a mount; be root".formatted(i, uid));
      }
    }
    if (!hasUserNamespace(spec.linux())) {
      throw new UnsupportedFeatureException(
          "uid %d can make a container only in a user namespace of its own, and linux.namespaces has"
                  .formatted(uid)
              + " none; add {\"type\": \"user\"} with linux.uidMappings and linux.gidMappings, or run"
              + " as root");
    }
  }

  private static boolean isIdMapped(Mount mount) {
    return !mount.uidMappings().isEmpty()
        || MountOptions.of(mount).idMapped() != MountOptions.IdMapped.NO;
  }
}
