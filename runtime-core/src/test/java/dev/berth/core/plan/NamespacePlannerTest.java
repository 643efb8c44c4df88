package dev.berth.core.plan;

import static dev.berth.core.plan.NamespaceKind.IPC;
import static dev.berth.core.plan.NamespaceKind.NETWORK;
import static dev.berth.core.plan.NamespaceKind.USER;
import static dev.berth.core.plan.Plans.UNIFIED;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.request;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static dev.berth.core.plan.Plans.with;
import static dev.berth.core.plan.Plans.withOwnIds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.plan.JoinedNamespace.Access;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import dev.berth.spec.TimeOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamespacePlannerTest {
  private static final Spec DEFAULT = SpecDefaults.spec();

  @Test
  void joins_one_beside_those_that_the_process_is_born_in() {
    Plan plan = plan(joining(DEFAULT, Namespace.Type.NETWORK));
    assertThat(plan.descriptors()).contains(new Descriptor.JoinedNamespace(NETWORK));
    assertThat(steps(plan, "set process name", "mount root"))
        .containsExactly(
            "set process name berth:init",
            "join namespaces: network",
            "fork into the cgroup, with new namespaces: mount, uts, ipc, pid",
            "run on all processors of the cgroup",
            "set rslave on / and all below",
            "mount root /srv/web/rootfs");
    assertThat(stepsAbout(plan, "up lo")).isEmpty();
  }

  @Test
  void forks_into_a_joined_pid_namespace_where_nobody_may_trace_it() {
    Plan plan = plan(joining(DEFAULT, Namespace.Type.PID));
    assertThat(steps(plan, "set process name", "set rslave"))
        .containsExactly(
            "set process name berth:init",
            "make the process non-dumpable",
            "join namespaces: pid",
            "fork into the cgroup, with new namespaces: mount, uts, ipc, network",
            "run on all processors of the cgroup",
            "set rslave on / and all below");
  }

  @Test
  void joins_a_mount_namespace_before_it_opens_anything() {
    Plan plan = plan(joining(DEFAULT, Namespace.Type.MOUNT));
    assertThat(steps(plan))
        .containsSubsequence(
            "join namespaces: mount",
            "fork into the cgroup, with new namespaces: uts, ipc, pid, network",
            "set rslave on / and all below",
            "mount root /srv/web/rootfs",
            "change root");
  }

  @Test
  void joins_with_the_permission_of_the_runtime_what_a_new_user_namespace_could_not() {
    Plan plan = plan(joining(withOwnIds(DEFAULT), Namespace.Type.NETWORK));
    assertThat(plan.namespaces()).isEmpty();
    assertThat(steps(plan, "set process name", "start a session"))
        .containsSubsequence(
            "join namespaces: network",
            "make namespaces: user",
            "wait for the ids to be mapped",
            "fork into the cgroup, with new namespaces: mount, uts, pid",
            "open /dev/null",
            "mount root /srv/web/rootfs",
            "set group 0",
            "set user 0");
  }

  @Test
  void makes_new_ones_in_the_user_namespace_that_it_joins() {
    Plan plan = plan(joining(with(Namespace.Type.USER, DEFAULT), Namespace.Type.USER));
    assertThat(plan.namespaces()).isEmpty();
    assertThat(steps(plan, "make the process non-dumpable", "fork"))
        .containsExactly(
            "make the process non-dumpable",
            "join namespaces: user",
            "fork into the cgroup, with new namespaces: mount, uts, ipc, pid, network");
    assertThat(steps(plan, "mount root", "start a session"))
        .containsExactly(
            "mount root /srv/web/rootfs", "set group 0", "set user 0", "start a session");
    assertThat(stepsAbout(plan, "open /dev/null")).hasSize(1);
  }

  @Test
  void joins_first_what_the_joined_user_namespace_gives_no_access_to() {
    Spec spec =
        joining(
            with(Namespace.Type.USER, DEFAULT),
            Namespace.Type.USER,
            Namespace.Type.NETWORK,
            Namespace.Type.IPC);
    List<JoinedNamespace> joined =
        List.of(
            new JoinedNamespace(IPC, Access.OF_USER_NAMESPACE),
            new JoinedNamespace(USER, Access.OF_RUNTIME),
            new JoinedNamespace(NETWORK, Access.OF_RUNTIME));
    Plan plan = Planner.create(request(spec, UNIFIED, Lifetime.DETACHED, joined));
    assertThat(steps(plan, "join namespaces", "fork"))
        .containsExactly(
            "join namespaces: network",
            "join namespaces: user",
            "join namespaces: ipc",
            "fork into the cgroup, with new namespaces: mount, uts, pid");
  }

  @Test
  void has_mappings_compared_with_those_of_a_joined_user_namespace() {
    Plan plan = plan(joining(withOwnIds(DEFAULT), Namespace.Type.USER));
    assertThat(steps(plan))
        .containsSubsequence("join namespaces: user", "wait for the mappings to be compared")
        .doesNotContain("wait for the ids to be mapped");
  }

  @Test
  void leaves_out_a_namespace_that_the_runtime_is_in_already() {
    Spec spec = joining(DEFAULT, Namespace.Type.NETWORK);
    Plan plan = Planner.create(request(spec, UNIFIED, Lifetime.DETACHED, List.of()));
    assertThat(steps(plan))
        .contains("fork into the cgroup, with new namespaces: mount, uts, ipc, pid");
    assertThat(stepsAbout(plan, "join")).isEmpty();
  }

  @Test
  void sets_the_clocks_of_a_time_namespace_before_it_enters() {
    Spec spec = with(Namespace.Type.TIME, DEFAULT);
    Plan plan =
        plan(
            spec.withLinux(
                spec.linux()
                    .withTimeOffsets(
                        Map.of(
                            "monotonic", new TimeOffset(172_800L, null),
                            "boottime", new TimeOffset(-5L, 7L)))));
    assertThat(steps(plan, "set process name", "set rslave"))
        .containsExactly(
            "set process name berth:init",
            "open a procfs for itself (subset=pid)",
            "fork into the cgroup, with new namespaces: mount, uts, ipc, pid, network",
            "run on all processors of the cgroup",
            "make time namespace (boottime -5 s 7 ns, monotonic +172800 s 0 ns)",
            "close that procfs",
            "set rslave on / and all below");
  }

  @Test
  void makes_a_time_namespace_in_the_new_user_namespace() {
    Plan plan = plan(with(Namespace.Type.TIME, withOwnIds(DEFAULT)));
    assertThat(plan.namespaces()).contains(USER);
    assertThat(steps(plan))
        .containsSubsequence("wait for the ids to be mapped", "make time namespace");
  }

  @Test
  void lets_whoever_may_set_the_limits_of_a_process_without_the_privilege() {
    Spec spec = withOwnIds(DEFAULT);
    HostView host =
        new HostView(
            UNIFIED.architecture(),
            UNIFIED.cgroups(),
            UNIFIED.cgroup(),
            UNIFIED.capabilities(),
            UNIFIED.groups(),
            UNIFIED.nodes(),
            HostView.Limits.BY_RUNTIME,
            UNIFIED.openFilesHardLimit(),
            HostMounts.USUAL);
    assertThat(stepsAbout(plan(spec, UNIFIED), "RLIMIT_NOFILE")).hasSize(1);
    assertThat(steps(plan(spec, host), "mask /proc/scsi", "set no_new_privs"))
        .containsExactly(
            "mask /proc/scsi",
            "make the process non-dumpable",
            "find the home of user 0 in /etc/passwd",
            "wait for the limits to be set from outside",
            "set no_new_privs");
  }

  /** {@code spec} with paths for these of its namespaces. */
  private static Spec joining(Spec spec, Namespace.Type... types) {
    List<Namespace> namespaces = new ArrayList<>();
    for (Namespace namespace : spec.linux().namespaces()) {
      boolean joins = List.of(types).contains(namespace.type());
      namespaces.add(joins ? new Namespace(namespace.type(), "/run/ns") : namespace);
    }
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }
}
