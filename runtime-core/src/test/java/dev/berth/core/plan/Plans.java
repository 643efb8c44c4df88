package dev.berth.core.plan;

import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.spec.Capability;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.state.ContainerId;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Configurations, hosts and plans to test with. */
final class Plans {
  private static final CgroupPath CGROUP = new CgroupPath("/berth/web");

  static final HostView UNIFIED =
      host(CGROUP, new MountedHierarchy("", List.of(), "/sys/fs/cgroup"));

  static final HostView HYBRID =
      host(
          CGROUP,
          hierarchy("cpu,cpuacct", "cpu", "cpuacct"),
          hierarchy("memory", "memory"),
          hierarchy("systemd", "name=systemd"),
          hierarchy("unified"));

  private Plans() {}

  static HostView host(@Nullable CgroupPath cgroup, MountedHierarchy... hierarchies) {
    return new HostView(
        Seccomp.Architecture.SCMP_ARCH_X86_64,
        new CgroupLayout(List.of(hierarchies)),
        cgroup,
        Capability.ALL,
        HostView.Groups.CHOSEN,
        HostView.Nodes.MADE,
        HostView.Limits.BY_PROCESS,
        524288,
        HostMounts.USUAL);
  }

  /** A host without cgroups, and with these capabilities and limits. */
  static HostView host(
      long capabilities, HostView.Groups groups, HostView.Nodes nodes, long openFiles) {
    return new HostView(
        Seccomp.Architecture.SCMP_ARCH_X86_64,
        new CgroupLayout(List.of()),
        null,
        capabilities,
        groups,
        nodes,
        HostView.Limits.BY_PROCESS,
        openFiles,
        HostMounts.USUAL);
  }

  private static MountedHierarchy hierarchy(String name, String... controllers) {
    return new MountedHierarchy(name, List.of(controllers), "/sys/fs/cgroup/" + name);
  }

  static Plan plan(Spec spec) {
    return plan(spec, UNIFIED);
  }

  static Plan plan(Spec spec, HostView host) {
    return Planner.create(request(spec, host, Lifetime.DETACHED));
  }

  static InitRequest request(Spec spec, HostView host, Lifetime lifetime) {
    return request(spec, host, lifetime, JoinedNamespace.assumed(spec.linux()));
  }

  static InitRequest request(
      Spec spec, HostView host, Lifetime lifetime, List<JoinedNamespace> joined) {
    return new InitRequest(
        new ContainerId("web"),
        spec,
        Path.of("/srv/web"),
        Path.of("/srv/web/rootfs"),
        lifetime,
        joined,
        RootChange.PIVOT,
        Placement.AT_BIRTH,
        "_ses.web",
        host);
  }

  /** {@code request} with another change of root. */
  static InitRequest with(RootChange change, InitRequest request) {
    return new InitRequest(
        request.id(),
        request.spec(),
        request.bundle(),
        request.rootfs(),
        request.lifetime(),
        request.joined(),
        change,
        request.placement(),
        request.keyring(),
        request.host());
  }

  /** {@code request} with another way into the cgroup. */
  static InitRequest with(Placement placement, InitRequest request) {
    return new InitRequest(
        request.id(),
        request.spec(),
        request.bundle(),
        request.rootfs(),
        request.lifetime(),
        request.joined(),
        request.rootChange(),
        placement,
        request.keyring(),
        request.host());
  }

  /** {@link #UNIFIED}, where the mounts are these. */
  static HostView host(HostMounts mounts) {
    return new HostView(
        UNIFIED.architecture(),
        UNIFIED.cgroups(),
        UNIFIED.cgroup(),
        UNIFIED.capabilities(),
        UNIFIED.groups(),
        UNIFIED.nodes(),
        UNIFIED.limits(),
        UNIFIED.openFilesHardLimit(),
        mounts);
  }

  /** The default configuration with nothing mounted but {@code mounts}, and without a terminal. */
  static Spec mounting(Mount... mounts) {
    return process(process -> process.withTerminal(false)).withMounts(List.of(mounts));
  }

  static Spec process(UnaryOperator<ProcessSpec> change) {
    Spec spec = SpecDefaults.spec();
    return spec.withProcess(change.apply(spec.process()));
  }

  /** {@code spec} with one more namespace. */
  static Spec with(Namespace.Type type, Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(type));
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }

  /** {@code spec} with one namespace less. */
  static Spec without(Namespace.Type type, Spec spec) {
    return spec.withLinux(
        spec.linux()
            .withNamespaces(
                spec.linux().namespaces().stream().filter(n -> n.type() != type).toList()));
  }

  /** {@code spec} in a user namespace with 65536 ids. */
  static Spec withOwnIds(Spec spec) {
    Spec own = with(Namespace.Type.USER, spec);
    List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65_536));
    return own.withLinux(own.linux().withMappings(ids, ids));
  }

  /** The steps in words. */
  static List<String> steps(Plan plan) {
    return IntStream.range(0, plan.steps().size())
        .mapToObj(index -> StepText.describe(plan, index))
        .toList();
  }

  /**
   * The steps from the first that begins with {@code first} to the first that does with {@code
   * last}.
   */
  static List<String> steps(Plan plan, String first, String last) {
    List<String> steps = steps(plan);
    return steps.subList(indexOf(steps, first), indexOf(steps, last) + 1);
  }

  /** The steps that mention {@code word}. */
  static List<String> stepsAbout(Plan plan, String word) {
    return steps(plan).stream().filter(step -> step.contains(word)).toList();
  }

  private static int indexOf(List<String> steps, @Nullable String start) {
    return IntStream.range(0, steps.size())
        .filter(index -> steps.get(index).startsWith(start))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no step begins with \"" + start + "\": " + steps));
  }
}
