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

import dev.berth.core.spec.SpecDefaults;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlannerTest {
  @Test
  void writes_to_a_procfs_that_it_opens_first_and_closes_at_once() {
    assertThat(Plans.steps(plan(process(p -> p.withOomScoreAdj(17))), "set process", "mount root"))
        .containsExactly(
            "set process name berth:init",
            "open a procfs for itself (subset=pid)",
            "set oom_score_adj 17",
            "close that procfs",
            "set rslave on / and all below",
            "mount root /srv/web/rootfs");
  }

  @Test
  void opens_no_procfs_that_nothing_is_written_to() {
    assertThat(Plans.stepsAbout(plan(SpecDefaults.spec()), "procfs")).isEmpty();
  }

  private static final Spec DEFAULT = SpecDefaults.spec();

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
  void gives_the_same_plan_for_the_same_input() {
    assertThat(plan(DEFAULT)).isEqualTo(plan(DEFAULT));
  }

  @Test
  void makes_the_cgroup_namespace_once_the_process_is_in_its_cgroup() {
    Plan plan = plan(with(Namespace.Type.CGROUP, DEFAULT), HYBRID);
    assertThat(plan.namespaces()).doesNotContain(NamespaceKind.CGROUP);
    assertThat(steps(plan))
        .containsSubsequence(
            "join cgroup: cgroup.procs of systemd",
            "make cgroup namespace",
            "make cgroup2 file system cgroup (ro, nosuid, nodev, noexec)");
  }

  @Test
  void is_born_in_its_cgroup_of_version_2() {
    assertThat(stepsAbout(plan(DEFAULT, UNIFIED), "join cgroup")).isEmpty();
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
            "set rslave on / and all below", "change root", "set private on /", "make / read-only");
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
        .doesNotContain("mask /sys/fs/cgroup");
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
    LinuxSpec l = DEFAULT.linux();
    return DEFAULT.withLinux(
        new LinuxSpec(
            l.uidMappings(),
            l.gidMappings(),
            l.sysctl(),
            l.resources(),
            l.cgroupsPath(),
            l.namespaces(),
            l.devices(),
            l.netDevices(),
            l.seccomp(),
            propagation,
            l.maskedPaths(),
            l.readonlyPaths(),
            l.mountLabel(),
            l.intelRdt(),
            l.memoryPolicy(),
            l.personality(),
            l.timeOffsets()));
  }

  private static String golden(String name) throws IOException {
    try (InputStream text = PlannerTest.class.getResourceAsStream("/plan/" + name)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
