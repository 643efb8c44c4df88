package dev.berth.linux.conformance;

import dev.berth.core.plan.RlimitKind;
import dev.berth.core.spec.SpecReader;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.testing.BusyboxRoot;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Rlimit;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A configuration as an engine has written it, made one that can run without the engine: what was
 * the engine's own and is gone with it (file system, volumes, hook programs, the pod to join) is
 * made anew below a directory. All else is as it was recorded.
 *
 * @param recorded as it is in the file
 * @param directory where to make it
 * @param pod the pid of a process whose namespaces stand for those of the engine's pod
 */
record RecordedConfiguration(Spec recorded, Path directory, long pod) {
  /**
   * Says that the program ran, as whom, and with what filter; and stays a moment, since at the end
   * of a terminal's session the kernel throws away what nobody has read yet.
   */
  private static final String PROGRAM =
      "echo ran as $(id -u):$(id -g), $(grep Seccomp: /proc/self/status); sleep 0.2";

  /** Succeeds if it is given a state as the specification has it. */
  private static final String HOOK = "grep -q '\"pid\": *[1-9]'";

  static RecordedConfiguration read(Path file, Path directory, long pod) throws IOException {
    return new RecordedConfiguration(SpecReader.read(file).value(), directory, pod);
  }

  /**
   * The configuration that can run.
   *
   * @param id of the container, which its cgroup is named after
   */
  Spec recreated(String id) throws IOException {
    List<Mount> mounts = new ArrayList<>();
    for (Mount mount : recorded.mounts()) {
      mounts.add(recreated(mount, mounts.size()));
    }
    List<Namespace> namespaces =
        recorded.linux().namespaces().stream().map(this::recreated).toList();
    boolean hasOwnCgroup = recorded.linux().cgroupsPath() != null;
    return recorded
        .withRoot(new Root(root().toString(), Objects.requireNonNull(recorded.root()).readonly()))
        .withProcess(process())
        .withMounts(mounts)
        .withHooks(hooks())
        .withLinux(
            recorded
                .linux()
                .withNamespaces(namespaces)
                .withCgroupsPath(hasOwnCgroup ? "/" + id : null));
  }

  private Path root() throws IOException {
    Path root = BusyboxRoot.make(directory.resolve("rootfs"));
    chownToContainer(root);
    return root;
  }

  /** As the engine's storage does for a container with a user namespace. */
  private void chownToContainer(Path root) throws IOException {
    if (!recorded.linux().uidMappings().isEmpty()) {
      int uid = Math.toIntExact(recorded.linux().uidMappings().getFirst().hostID());
      try (var paths = Files.walk(root)) {
        for (Path path : paths.toList()) {
          Files.setAttribute(path, "unix:uid", uid, java.nio.file.LinkOption.NOFOLLOW_LINKS);
          Files.setAttribute(path, "unix:gid", uid, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        }
      }
    }
  }

  private ProcessSpec process() throws IOException {
    ProcessSpec process = Objects.requireNonNull(recorded.process());
    List<Rlimit> rlimits = new ArrayList<>();
    for (Rlimit limit : process.rlimits()) {
      rlimits.add(permitted(limit));
    }
    return process.withArgs(List.of("sh", "-c", PROGRAM)).withRlimits(rlimits);
  }

  /** An engine has all capabilities; a limit above the test's own takes CAP_SYS_RESOURCE. */
  private static Rlimit permitted(Rlimit limit) throws IOException {
    int number = RlimitKind.valueOf(limit.type().name()).number();
    long hard = Processes.prlimit64(0, number).hard();
    return Long.compareUnsigned(limit.hard(), hard) > 0
        ? new Rlimit(limit.type(), Math.min(limit.soft(), hard), hard)
        : limit;
  }

  private Mount recreated(Mount mount, int index) throws IOException {
    String source = mount.source();
    boolean bind = mount.options().contains("bind") || mount.options().contains("rbind");
    if (!bind || source == null || Files.exists(Path.of(source))) {
      return mount;
    }
    Path made = directory.resolve("source-" + index);
    // What engines bind one by one are files that they generate, but for volumes and shm.
    if (isDirectory(mount)) {
      Files.createDirectory(made);
    } else {
      Files.createFile(made);
    }
    return new Mount(
        mount.destination(),
        mount.type(),
        made.toString(),
        mount.options(),
        mount.uidMappings(),
        mount.gidMappings());
  }

  private static boolean isDirectory(Mount mount) {
    return !mount.destination().matches("/etc/.*|/run/\\.containerenv|/run/secrets|/sbin/.*");
  }

  private Namespace recreated(Namespace namespace) {
    if (namespace.path() == null) {
      return namespace;
    }
    String file = namespace.type() == Namespace.Type.NETWORK ? "net" : namespace.type().toString();
    return new Namespace(namespace.type(), "/proc/%d/ns/%s".formatted(pod, file));
  }

  private Hooks hooks() {
    Hooks hooks = recorded.hooks();
    return new Hooks(
        recreated(hooks.prestart()),
        recreated(hooks.createRuntime()),
        recreated(hooks.createContainer()),
        recreated(hooks.startContainer()),
        recreated(hooks.poststart()),
        recreated(hooks.poststop()));
  }

  private static List<Hook> recreated(List<Hook> hooks) {
    return hooks.stream()
        .map(each -> new Hook("/bin/sh", List.of("sh", "-c", HOOK), each.env(), each.timeout()))
        .toList();
  }
}
