package dev.berth.linux.lifecycle;

import dev.berth.CgroupDriver;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.plan.HostMounts;
import dev.berth.core.plan.HostView;
import dev.berth.core.plan.HostView.Groups;
import dev.berth.core.plan.HostView.Limits;
import dev.berth.core.plan.HostView.Nodes;
import dev.berth.core.spec.Capability;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.systemd.SystemdUnit.Manager;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupMaker;
import dev.berth.linux.cgroup.Cgroups;
import dev.berth.linux.cgroup.SystemdCgroups;
import dev.berth.linux.sys.Architecture;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.Processes;
import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM may do on this host; found out once, since it cannot change while the JVM runs.
 *
 * @param cgroups the host's
 * @param capabilities the permitted set, bit n is capability n
 * @param openFilesHardLimit -1 for none
 * @param uid the effective one
 * @param isInFirstUserNamespace whether its capabilities count for what is the whole machine's
 * @param nodes how device nodes come about
 * @param groups whether this JVM's user namespace lets anybody choose groups
 */
record Machine(
    Cgroups cgroups,
    long capabilities,
    long openFilesHardLimit,
    long uid,
    boolean isInFirstUserNamespace,
    Nodes nodes,
    Groups groups) {
  private static final long SETS_IDS = Capability.bits(List.of("CAP_SETUID", "CAP_SETGID"));
  private static final long RAISES_LIMITS = Capability.bits(List.of("CAP_SYS_RESOURCE"));

  private static @Nullable Machine shared;

  /** This one. */
  static synchronized Machine shared() throws IOException {
    Machine known = shared;
    if (known == null) {
      known =
          new Machine(
              Cgroups.open(),
              Host.permittedCapabilities(),
              Processes.prlimit64(0, Processes.RLIMIT_NOFILE).hard(),
              Host.geteuid(),
              Host.isInFirstUserNamespace(),
              Host.makesDevices() ? Nodes.MADE : Nodes.BOUND,
              Host.deniesSetgroups() ? Groups.INHERITED : Groups.CHOSEN);
      shared = known;
    }
    return known;
  }

  /** Closes what this one has open; the next use opens it again. */
  static synchronized void close() {
    if (shared != null) {
      shared.cgroups.close();
      shared = null;
    }
  }

  /** The configuration to start from: one that this user can run on this host. */
  Spec defaults() {
    return uid == 0
        ? SpecDefaults.spec(cgroups.layout())
        : SpecDefaults.rootless(uid, Host.getegid(), cgroups.layout());
  }

  /** Whoever makes the cgroups of containers. */
  CgroupMaker cgroups(CgroupDriver driver) {
    return switch (driver) {
      case CGROUPFS -> cgroups;
      case SYSTEMD -> new SystemdCgroups(cgroups, systemd());
    };
  }

  /** The one that lets this user have units. */
  private Manager systemd() {
    return uid == 0 && isInFirstUserNamespace ? Manager.SYSTEM : Manager.USER;
  }

  /** The cgroup that was written down; whether it is still there is not asked. */
  Cgroup find(CgroupState state) {
    return state.unit() == null ? cgroups.find(state) : SystemdCgroups.find(cgroups, state);
  }

  /** Whether it may map any ids of its own user namespace into a new one. */
  boolean setsIds() {
    return (capabilities & SETS_IDS) == SETS_IDS;
  }

  /**
   * What a plan has to know, for a container without a cgroup.
   *
   * @param mounts the host's
   */
  HostView view(LinuxSpec linux, Users users, HostMounts mounts) {
    return new HostView(
        architecture(),
        cgroups.layout(),
        null,
        users == Users.INHERITED ? capabilities : Capability.ALL,
        groups(linux, users),
        nodes,
        users == Users.INHERITED ? Limits.BY_PROCESS : limits(),
        openFilesHardLimit,
        mounts);
  }

  private static Seccomp.Architecture architecture() {
    return switch (Architecture.current()) {
      case X86_64 -> Seccomp.Architecture.SCMP_ARCH_X86_64;
      case AARCH64 -> Seccomp.Architecture.SCMP_ARCH_AARCH64;
      case RISCV64 -> Seccomp.Architecture.SCMP_ARCH_RISCV64;
    };
  }

  /** A user namespace denies what the one above it denies. */
  private Groups groups(LinuxSpec linux, Users users) {
    if (groups == Groups.INHERITED) {
      return groups;
    }
    return switch (users) {
      case INHERITED -> Groups.CHOSEN;
      case MAPPED -> IdMaps.keepsGroups(linux, this) ? Groups.INHERITED : Groups.CHOSEN;
      case JOINED -> Groups.IF_PERMITTED;
    };
  }

  /** The kernel asks for the capability in the first user namespace. */
  private Limits limits() {
    return isInFirstUserNamespace && (capabilities & RAISES_LIMITS) != 0
        ? Limits.BY_RUNTIME
        : Limits.BY_PROCESS;
  }

  /**
   * Lets pass what this user may do.
   *
   * @throws UnsupportedFeatureException if only root can make such a container
   */
  void requirePrivilege(Spec spec, Users users) throws IOException {
    if (uid != 0) {
      requireNoIdMaps(spec.mounts());
    }
    if (uid != 0 && users == Users.INHERITED) {
      throw new UnsupportedFeatureException(
          "uid %s can make a container only in a user namespace of its own, and linux.namespaces has"
                  .formatted(uid)
              + " none; add {\"type\": \"user\"} with linux.uidMappings and linux.gidMappings, or run"
              + " as root");
    }
    if (groups(spec.linux(), users) == Groups.INHERITED) {
      requireNoGroups(Objects.requireNonNull(spec.process(), "checked"));
    }
    if (users == Users.MAPPED && !isInFirstUserNamespace) {
      requireMapped("linux.uidMappings", spec.linux().uidMappings(), "/proc/self/uid_map");
      requireMapped("linux.gidMappings", spec.linux().gidMappings(), "/proc/self/gid_map");
    }
  }

  static void requireNoGroups(ProcessSpec process) {
    if (!process.user().additionalGids().isEmpty()) {
      throw new UnsupportedFeatureException(
          "process.user.additionalGids: nobody can choose groups in a user namespace whose only group"
              + " a user without privilege has mapped; leave them out, or map groups that"
              + " /etc/subgid grants");
    }
  }

  private static void requireMapped(String place, List<IdMapping> mappings, String file)
      throws IOException {
    IdMap own = IdMap.read(Path.of(file));
    for (int i = 0; i < mappings.size(); i++) {
      IdMapping mapping = mappings.get(i);
      if (!own.has(mapping.hostID(), mapping.size())) {
        throw new UnsupportedFeatureException(
            "%s[%s]: the runtime is in a user namespace itself, which does not have %s ids from %s"
                .formatted(place, i, mapping.size(), mapping.hostID()));
      }
    }
  }

  private void requireNoIdMaps(List<Mount> mounts) {
    for (int i = 0; i < mounts.size(); i++) {
      if (isIdMapped(mounts.get(i))) {
        throw new UnsupportedFeatureException(
            "mounts[%s]: uid %s cannot map the ids of a mount; be root".formatted(i, uid));
      }
    }
  }

  private static boolean isIdMapped(Mount mount) {
    return !mount.uidMappings().isEmpty()
        || MountOptions.of(mount).idMapped() != MountOptions.IdMapped.NO;
  }
}
