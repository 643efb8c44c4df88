package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.mounting;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static dev.berth.core.plan.Plans.withOwnIds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountPlannerTest {
  @Test
  void binds_a_source_with_the_options_asked_for_and_no_others() {
    assertThat(mounts(new Mount("/data", null, "/srv/data", List.of("bind", "ro", "nosuid"))))
        .containsExactly(
            "open /srv/data", "set ro, nosuid on /srv/data", "mount /srv/data at /data");
  }

  @Test
  void binds_without_options_as_the_source_is() {
    assertThat(mounts(Mount.bind("/srv/data", "/data")))
        .containsExactly("open /srv/data and all below", "mount /srv/data at /data");
  }

  @Test
  void takes_a_relative_source_from_the_bundle_and_a_relative_destination_from_the_root() {
    assertThat(mounts(new Mount("data", "bind", "data/now", List.of())))
        .containsExactly("open /srv/web/data/now", "mount /srv/web/data/now at /data");
  }

  @Test
  void changes_propagation_after_the_mount_is_attached() {
    assertThat(mounts(Mount.bind("/srv/data", "/data", "ro", "rslave", "rshared")))
        .containsExactly(
            "open /srv/data and all below",
            "set ro on /srv/data",
            "mount /srv/data at /data",
            "set rslave on /srv/data and all below",
            "set rshared on /srv/data and all below");
  }

  @Test
  void applies_recursive_options_to_all_below() {
    assertThat(mounts(Mount.bind("/srv/data", "/data", "nodev", "rro", "rnoatime")))
        .containsExactly(
            "open /srv/data and all below",
            "set nodev on /srv/data",
            "set ro, noatime on /srv/data and all below",
            "mount /srv/data at /data");
  }

  @Test
  void gives_options_of_the_mount_to_the_mount_and_others_to_the_file_system() {
    Mount scratch =
        new Mount(
            "/scratch",
            "xfs",
            "/dev/vdb",
            List.of("ro", "noatime", "sync", "lazytime", "rnodev", "logbufs=8", "discard"));
    assertThat(mounts(scratch))
        .containsExactly(
            "make xfs file system /dev/vdb"
                + " (ro, nodev, noatime, sync, lazytime, logbufs=8, discard)",
            "mount xfs at /scratch");
  }

  @Test
  void gives_a_tmpfs_without_a_mode_that_of_the_directory_it_covers() {
    assertThat(mounts(new Mount("/run", "tmpfs", "tmpfs", List.of("size=64k"))))
        .containsExactly(
            "make tmpfs file system (size=64k)",
            "make directory /run (0755)",
            "take over the mode of /run",
            "mount tmpfs at /run");
  }

  @Test
  void makes_a_tmpfs_read_only_when_later_mount_points_are_made() {
    Spec spec =
        mounting(
            new Mount("/run", "tmpfs", "tmpfs", List.of("ro", "nosuid", "mode=755")),
            new Mount("/run/lock", "tmpfs", "tmpfs", List.of("mode=755")));
    assertThat(steps(plan(spec)))
        .containsSubsequence(
            "make tmpfs file system (nosuid, mode=755)",
            "mount tmpfs at /run",
            "mount tmpfs at /run/lock",
            "change root",
            "set ro on tmpfs",
            "make / read-only");
  }

  @Test
  void refuses_symbolic_links_on_the_way_to_proc_and_sys_and_what_is_in_proc() {
    Plan plan =
        plan(
            mounting(
                new Mount("/proc", "proc", "proc", List.of()),
                Mount.bind("/sys", "/sys"),
                new Mount("/var/proc", "proc", "proc", List.of()),
                new Mount("//sys/.", "bind", "/sys", List.of()),
                Mount.bind("/srv/uptime", "/proc/uptime"),
                new Mount("/tmp", "tmpfs", "tmpfs", List.of())));
    assertThat(plan.steps().stream().filter(Step.Attach.class::isInstance))
        .containsExactly(
            attach(1, plan, "/proc", Symlinks.REFUSE),
            attach(2, plan, "/sys", Symlinks.REFUSE),
            attach(3, plan, "/var/proc", Symlinks.REFUSE),
            attach(4, plan, "//sys/.", Symlinks.REFUSE),
            attach(5, plan, "/proc/uptime", Symlinks.REFUSE),
            attach(6, plan, "/tmp", Symlinks.FOLLOW_IN_ROOT));
  }

  @Test
  void opens_sources_before_the_ids_change() {
    Spec spec = withOwnIds(mounting(Mount.bind("/srv/data", "/data")));
    assertThat(steps(plan(spec)))
        .containsSubsequence(
            "open /srv/data and all below",
            "open /dev/null",
            "mount root /srv/web/rootfs",
            "wait for the ids to be mapped",
            "set user 0",
            "mount /srv/data at /data",
            "mount /dev/null at /dev/null",
            "change root");
  }

  private static Step attach(int place, Plan plan, String target, Symlinks symlinks) {
    return new Step.Attach(plan.descriptors().size() + place - 1, target, symlinks);
  }

  /** The steps for {@code mount} alone. */
  private static List<String> mounts(Mount mount) {
    List<String> steps = steps(plan(mounting(mount)));
    return steps.subList(steps.indexOf("bring up lo") + 1, indexOfDevices(steps));
  }

  private static int indexOfDevices(List<String> steps) {
    String first = stepsAbout(plan(mounting()), "make device").getFirst();
    return steps.indexOf(first);
  }
}
