package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.HYBRID;
import static dev.berth.core.plan.Plans.UNIFIED;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.process;
import static dev.berth.core.plan.Plans.request;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static dev.berth.core.plan.Plans.with;
import static dev.berth.core.plan.Plans.withOwnIds;
import static dev.berth.core.plan.Plans.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PlannerTest {
  private static final Spec DEFAULT = process(process -> process.withTerminal(false));

  @Test
  void writes_to_a_procfs_that_it_opens_first_and_closes_at_once() {
    assertThat(
            Plans.steps(
                plan(process(p -> p.withTerminal(false).withOomScoreAdj(17))),
                "set process",
                "mount root"))
        .containsExactly(
            "set process name berth:init",
            "open a procfs for itself (subset=pid)",
            "set oom_score_adj 17",
            "close that procfs",
            "fork into the cgroup, with new namespaces: mount, uts, ipc, pid, network",
            "run on all processors of the cgroup",
            "set rslave on / and all below",
            "mount root /srv/web/rootfs");
  }

  @Test
  void waits_for_a_cgroup_that_cannot_be_without_a_process_before_anything_else() {
    InitRequest atBirth = request(DEFAULT, HYBRID, Lifetime.ATTACHED);
    Plan plan = Planner.create(with(Placement.BY_RUNTIME, atBirth));
    assertThat(Plans.steps(plan, "set process name berth:init", "run on all processors"))
        .containsExactly(
            "set process name berth:init",
            "fork, with new namespaces: mount, uts, ipc, pid, network",
            "wait to be in the cgroup",
            "run on all processors of the cgroup");
    assertThat(plan.descriptors())
        .noneMatch(Descriptor.CgroupProcs.class::isInstance)
        .noneMatch(Descriptor.CgroupDirectory.class::isInstance)
        .hasSize(
            Planner.create(atBirth).descriptors().size() - HYBRID.cgroups().hierarchies().size());
  }

  @Test
  void joins_all_cgroups_where_it_is_not_to_be_born_in_one() {
    InitRequest atBirth = request(DEFAULT, HYBRID, Lifetime.ATTACHED);
    Plan plan = Planner.create(with(Placement.BY_ITSELF, atBirth));
    assertThat(joined(Planner.create(atBirth))).isNotEmpty().doesNotContain("unified");
    assertThat(joined(plan))
        .hasSize(HYBRID.cgroups().hierarchies().size())
        .containsAll(joined(Planner.create(atBirth)))
        .contains("unified");
  }

  private static List<String> joined(Plan plan) {
    return plan.descriptors().stream()
        .filter(Descriptor.CgroupProcs.class::isInstance)
        .map(procs -> ((Descriptor.CgroupProcs) procs).hierarchy())
        .toList();
  }

  @Test
  void sets_sysctls_after_the_names_and_before_proc_is_protected() {
    Spec spec = DEFAULT;
    Map<String, String> sysctls = new LinkedHashMap<>();
    sysctls.put("net.ipv4.conf.eth0/100.forwarding", "1");
    sysctls.put("kernel/sem", "1 2 3 4");
    sysctls.put("kernel.domainname", "example.org");
    Plan plan = plan(spec.withLinux(spec.linux().withSysctl(sysctls)));
    assertThat(steps(plan))
        .containsSubsequence("open a procfs for itself", "mount root /srv/web/rootfs");
    assertThat(Plans.steps(plan, "set hostname", "make /proc/bus"))
        .containsExactly(
            "set hostname runc",
            "make session keyring _ses.web",
            "set sysctl net.ipv4.conf.eth0/100.forwarding to 1",
            "set sysctl kernel.sem to \"1 2 3 4\"",
            "close that procfs",
            "set domainname example.org",
            "make /proc/bus read-only");
  }

  @Test
  void opens_no_procfs_that_nothing_is_written_to() {
    assertThat(Plans.stepsAbout(plan(DEFAULT), "procfs")).isEmpty();
  }

  @Test
  void plans_the_default_configuration() throws IOException {
    Plan plan = Planner.create(request(DEFAULT, HYBRID, Lifetime.ATTACHED));
    assertThat(plan).hasToString(golden("default.txt"));
  }

  @Test
  void plans_the_default_configuration_in_a_user_namespace() throws IOException {
    Spec spec = with(Namespace.Type.CGROUP, withOwnIds(DEFAULT));
    Plan plan = Planner.create(request(spec, UNIFIED, Lifetime.DETACHED));
    assertThat(plan).hasToString(golden("user-namespace.txt"));
  }

  @Test
  @Timeout(120)
  void gives_the_same_plan_for_the_same_input_in_every_jvm() throws Exception {
    String here = PrintedPlans.text();
    assertThat(PrintedPlans.ofAnotherJvm()).isEqualTo(here);
    assertThat(PrintedPlans.ofAnotherJvm()).isEqualTo(here);
  }

  @Test
  void makes_the_cgroup_namespace_once_the_process_is_in_its_cgroup() {
    Plan plan = plan(with(Namespace.Type.CGROUP, DEFAULT), HYBRID);
    assertThat(steps(plan))
        .containsSubsequence(
            "fork into the cgroup, with new namespaces: mount, uts, ipc, pid, network",
            "join cgroup: cgroup.procs of systemd",
            "make namespaces: cgroup",
            "make cgroup2 file system cgroup (ro, nosuid, nodev, noexec)");
  }

  @Test
  void is_born_in_its_cgroup_of_version_2() {
    assertThat(stepsAbout(plan(DEFAULT, UNIFIED), "cgroup"))
        .startsWith("fork into the cgroup, with new namespaces: mount, uts, ipc, pid, network")
        .noneMatch(step -> step.startsWith("join cgroup"));
  }

  @Test
  void brings_up_lo_only_in_a_network_namespace_of_its_own() {
    assertThat(stepsAbout(plan(DEFAULT), "up lo")).containsExactly("bring up lo");
    assertThat(stepsAbout(plan(without(Namespace.Type.NETWORK, DEFAULT)), "up lo")).isEmpty();
  }

  @Test
  void leaves_a_writable_root_writable() {
    Spec writable = DEFAULT.withRoot(new Root("rootfs", false));
    assertThat(steps(plan(writable))).doesNotContain("make / read-only");
  }

  @Test
  void changes_the_propagation_of_the_root_after_the_change_of_root() {
    assertThat(steps(plan(propagation(LinuxSpec.Propagation.PRIVATE))))
        .containsSubsequence(
            "set rslave on / and all below",
            "change root",
            "make / read-only",
            "make /proc/sys read-only",
            "mask /sys/firmware",
            "set private on /");
  }

  @Test
  void opens_sources_as_peers_of_the_host_if_the_root_is_shared() {
    Spec shared =
        propagation(LinuxSpec.Propagation.RSHARED)
            .withMounts(List.of(Mount.bind("/srv/data", "/data", "rshared")));
    assertThat(steps(plan(shared)))
        .containsSubsequence("open /srv/data and all below", "set rslave on / and all below");
  }

  @Test
  void makes_a_missing_working_directory() {
    assertThat(steps(plan(process(p -> p.withCwd("/work")))))
        .containsSubsequence(
            "make directory /work (0755)",
            "change root",
            "make / read-only",
            "try directory /work",
            "set user 0",
            "enter directory /work");
  }

  @Test
  void covers_a_path_that_is_listed_twice_once() {
    Spec twice =
        DEFAULT.withLinux(
            DEFAULT
                .linux()
                .withMaskedPaths(List.of("/proc/keys", "/proc/keys"))
                .withReadonlyPaths(List.of("/proc/sys", "/proc/sys")));
    assertThat(stepsAbout(plan(twice), "/proc/keys")).containsExactly("mask /proc/keys");
    assertThat(stepsAbout(plan(twice), "/proc/sys")).containsExactly("make /proc/sys read-only");
  }

  @Test
  void hides_the_cgroups_below_a_sys_that_is_bound_in_a_user_namespace() {
    Spec bound = DEFAULT.withMounts(List.of(Mount.bind("/sys", "/sys", "ro")));
    assertThat(steps(plan(withOwnIds(bound)))).contains("mask /sys/fs/cgroup");
    assertThat(steps(plan(bound))).doesNotContain("mask /sys/fs/cgroup");
    assertThat(steps(plan(with(Namespace.Type.CGROUP, withOwnIds(bound)))))
        .contains("mask /sys/fs/cgroup");
    Spec covered =
        bound.withMounts(
            List.of(
                Mount.bind("/sys", "/sys", "ro"),
                new Mount("/sys/fs/cgroup/", "cgroup", "cgroup", List.of("ro"))));
    assertThat(steps(plan(withOwnIds(covered)))).doesNotContain("mask /sys/fs/cgroup");
  }

  @Test
  void binds_the_sys_of_the_host_where_a_user_namespace_is_refused_its_own() {
    Spec spec =
        DEFAULT.withMounts(
            List.of(new Mount("/sys", "sysfs", "sysfs", List.of("ro", "nosuid", "relatime"))));
    Spec shared = without(Namespace.Type.NETWORK, withOwnIds(spec));
    assertThat(steps(plan(shared)))
        .containsSubsequence(
            "try to make sysfs file system (ro, nosuid)",
            "or else open /sys and all below",
            "set ro, nosuid on sysfs and all below",
            "mount sysfs at /sys",
            "mask /sys/fs/cgroup");
    assertThat(stepsAbout(plan(withOwnIds(spec)), "sys"))
        .startsWith("make sysfs file system (ro, nosuid)", "mount sysfs at /sys");
  }

  @Test
  void takes_the_hosts_interfaces_away_where_the_old_root_stays() {
    HostView host =
        Plans.host(new HostMounts(Set.of(), List.of("/sys", "/proc", "/srv/proc"), false));
    Plan plan = Planner.create(with(RootChange.MOVE, request(DEFAULT, host, Lifetime.DETACHED)));
    assertThat(steps(plan))
        .containsSubsequence(
            "link /dev/ptmx to pts/ptmx",
            "drop the host's mount /sys",
            "drop the host's mount /proc",
            "drop the host's mount /srv/proc",
            "move root to /",
            "make / read-only")
        .doesNotContain("change root");
  }

  @Test
  void changes_no_mount_and_no_file_without_a_mount_namespace() {
    Spec shared =
        without(Namespace.Type.MOUNT, DEFAULT)
            .withMounts(List.of())
            .withRoot(new Root("rootfs", false));
    shared =
        shared.withLinux(shared.linux().withMaskedPaths(List.of()).withReadonlyPaths(List.of()));
    Plan plan = plan(shared);
    assertThat(steps(plan))
        .contains("fork into the cgroup, with new namespaces: uts, ipc, pid, network");
    assertThat(steps(plan, "open root", "set hostname"))
        .containsExactly(
            "open root /srv/web/rootfs",
            "start a session",
            "bring up lo",
            "change root by chroot",
            "set hostname runc");
  }

  @Test
  void sets_host_and_domain_name_as_configured() {
    Spec none =
        new Spec(
            "1.3.0",
            DEFAULT.process(),
            DEFAULT.root(),
            null,
            "home",
            List.of(),
            DEFAULT.hooks(),
            DEFAULT.annotations(),
            DEFAULT.linux());
    assertThat(stepsAbout(plan(none), "name "))
        .contains("set domainname home")
        .noneMatch(step -> step.startsWith("set hostname"));
  }

  private static Spec propagation(LinuxSpec.Propagation propagation) {
    return DEFAULT.withLinux(DEFAULT.linux().withRootfsPropagation(propagation));
  }

  private static String golden(String name) throws IOException {
    try (InputStream text = PlannerTest.class.getResourceAsStream("/plan/" + name)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
