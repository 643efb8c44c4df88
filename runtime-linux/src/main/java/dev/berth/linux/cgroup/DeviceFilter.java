package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.DeviceProgram;
import dev.berth.linux.sys.Bpf;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.SyscallException;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** What decides about devices for a cgroup of version 2. */
record DeviceFilter(Hierarchy unified, CgroupPath path) {

  private static final System.Logger LOG = System.getLogger(DeviceFilter.class.getName());

  /** By which a program of ours is known from one that systemd, say, has attached. */
  private static final String NAME = "berth_devices";

  /**
   * Attaches the program, in the place of one that was set before. For a user who can make no
   * device node, and so needs no such program either, it does nothing where the kernel refuses.
   */
  void set(DeviceProgram program) throws CgroupException {
    Optional<Fd> loaded = load(program);
    if (loaded.isEmpty()) {
      return;
    }
    try (Fd filter = loaded.get();
        Fd cgroup = unified.open(path.fromRoot(), Directories.O_PATH | Directories.O_DIRECTORY)) {
      attach(filter, cgroup);
    } catch (SyscallException e) {
      throw failure(
          "attach program", e, "a program that allows no other is attached to it, or above it");
    }
  }

  private Optional<Fd> load(DeviceProgram program) throws CgroupException {
    try {
      return Optional.of(Bpf.load(NAME, program.bytes()));
    } catch (SyscallException e) {
      if (Cgroups.needsDeviceRules()) {
        throw failure(
            "load program",
            e,
            "this takes CAP_SYS_ADMIN, and a seccomp filter, if any, that lets bpf(2) pass");
      }
      LOG.log(Level.DEBUG, "device rules of cgroup \"{0}\" not set: {1}", path, e.getMessage());
      return Optional.empty();
    }
  }

  private static void attach(Fd filter, Fd cgroup) throws SyscallException {
    Optional<Fd> before = Bpf.attached(cgroup, NAME);
    if (before.isEmpty()) {
      Bpf.attach(cgroup, filter);
      return;
    }
    try (Fd old = before.get()) {
      Bpf.replace(cgroup, old, filter);
    }
  }

  private CgroupException failure(String step, SyscallException cause, String ifNotPermitted) {
    String goal = "device rules of cgroup \"%s\": %s".formatted(path, step);
    return switch (cause.errno()) {
      case EPERM -> new CgroupException(goal, cause, ifNotPermitted);
      case ENOSYS, EINVAL ->
          new CgroupException(
              goal, cause, "the kernel needs CONFIG_BPF_SYSCALL and CONFIG_CGROUP_BPF");
      default -> new CgroupException(goal, cause);
    };
  }
}
