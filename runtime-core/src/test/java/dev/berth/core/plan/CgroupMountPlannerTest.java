package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.HYBRID;
import static dev.berth.core.plan.Plans.UNIFIED;
import static dev.berth.core.plan.Plans.mounting;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static dev.berth.core.plan.Plans.with;
import static dev.berth.core.plan.Plans.withOwnIds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupMountPlannerTest {
  private static final Spec SHARED_VIEW =
      mounting(new Mount("/sys/fs/cgroup", "cgroup", "cgroup", List.of("nosuid", "ro")));
  private static final Spec OWN_VIEW = with(Namespace.Type.CGROUP, SHARED_VIEW);

  @Test
  void mounts_version_2_in_a_cgroup_namespace() {
    assertThat(cgroupSteps(OWN_VIEW, UNIFIED))
        .containsExactly(
            "make cgroup2 file system cgroup (ro, nosuid)", "mount cgroup2 at /sys/fs/cgroup");
  }

  @Test
  void binds_the_own_cgroup_without_a_cgroup_namespace() {
    assertThat(cgroupSteps(SHARED_VIEW, UNIFIED))
        .containsExactly(
            "open /sys/fs/cgroup/berth/web",
            "set ro, nosuid on /sys/fs/cgroup/berth/web",
            "mount /sys/fs/cgroup/berth/web at /sys/fs/cgroup");
  }

  @Test
  void mounts_each_hierarchy_of_version_1_and_links_controllers_that_share_one() {
    assertThat(cgroupSteps(OWN_VIEW, HYBRID))
        .containsExactly(
            "make tmpfs file system cgroup (nosuid, mode=755)",
            "mount tmpfs at /sys/fs/cgroup",
            "make cgroup file system (ro, nosuid, cpu, cpuacct)",
            "mount cgroup at /sys/fs/cgroup/cpu,cpuacct",
            "link /sys/fs/cgroup/cpu to cpu,cpuacct",
            "link /sys/fs/cgroup/cpuacct to cpu,cpuacct",
            "make cgroup file system (ro, nosuid, memory)",
            "mount cgroup at /sys/fs/cgroup/memory",
            "make cgroup file system (ro, nosuid, none, name=systemd)",
            "mount cgroup at /sys/fs/cgroup/systemd",
            "make cgroup2 file system cgroup (ro, nosuid)",
            "mount cgroup2 at /sys/fs/cgroup/unified",
            "set ro on tmpfs");
  }

  @Test
  void binds_the_own_cgroup_of_each_hierarchy_without_a_cgroup_namespace() {
    assertThat(cgroupSteps(SHARED_VIEW, HYBRID))
        .containsSubsequence(
            "mount tmpfs at /sys/fs/cgroup",
            "open /sys/fs/cgroup/memory/berth/web",
            "set ro, nosuid on /sys/fs/cgroup/memory/berth/web",
            "mount /sys/fs/cgroup/memory/berth/web at /sys/fs/cgroup/memory",
            "set ro on tmpfs");
  }

  @Test
  void opens_the_own_cgroups_before_the_ids_change() {
    assertThat(steps(plan(withOwnIds(SHARED_VIEW), HYBRID)))
        .containsSubsequence(
            "open /sys/fs/cgroup/memory/berth/web",
            "set user 0",
            "mount /sys/fs/cgroup/memory/berth/web at /sys/fs/cgroup/memory");
  }

  @Test
  void binds_the_own_cgroup_where_a_user_namespace_is_refused_a_mount() {
    assertThat(stepsAbout(plan(withOwnIds(OWN_VIEW), UNIFIED), "cgroup"))
        .containsSubsequence(
            "make namespaces: cgroup",
            "try to make cgroup2 file system cgroup (ro, nosuid)",
            "or else open /sys/fs/cgroup/berth/web",
            "set ro, nosuid on cgroup2 and all below",
            "mount cgroup2 at /sys/fs/cgroup");
  }

  @Test
  void shows_an_empty_directory_to_a_container_that_stays_in_the_runtimes_cgroup() {
    HostView host = Plans.host(null, new MountedHierarchy("", List.of(), "/sys/fs/cgroup"));
    assertThat(cgroupSteps(SHARED_VIEW, host))
        .containsExactly(
            "make tmpfs file system cgroup (ro, nosuid, mode=755)",
            "mount tmpfs at /sys/fs/cgroup");
  }

  private static List<String> cgroupSteps(Spec spec, HostView host) {
    List<String> steps = steps(plan(spec, host));
    return steps.subList(
        steps.indexOf("bring up lo") + 1, steps.indexOf(DevicePlannerTest.FIRST_DEVICE));
  }
}
