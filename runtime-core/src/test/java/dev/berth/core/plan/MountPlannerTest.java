package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.mounting;
import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.steps;
import static dev.berth.core.plan.Plans.stepsAbout;
import static dev.berth.core.plan.Plans.withOwnIds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.util.List;
import java.util.Set;
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
            attach(1, plan, "/proc", Symlinks.REFUSE, Procfs.ALLOWED),
            attach(2, plan, "/sys", Symlinks.REFUSE, Procfs.REFUSED),
            attach(3, plan, "/var/proc", Symlinks.REFUSE, Procfs.REFUSED),
            attach(4, plan, "//sys/.", Symlinks.REFUSE, Procfs.REFUSED),
            attach(5, plan, "/proc/uptime", Symlinks.REFUSE, Procfs.ALLOWED),
            attach(6, plan, "/tmp", Symlinks.FOLLOW_IN_ROOT, Procfs.REFUSED));
  }

  @Test
  void lets_only_what_must_be_there_into_proc() {
    Plan plan =
        plan(
            mounting(
                Mount.bind("/of/the/host", "/x/..//proc"),
                Mount.bind("/lxcfs/cpuinfo", "/proc/cpuinfo")));
    assertThat(plan.steps().stream().filter(Step.Attach.class::isInstance))
        .containsExactly(
            attach(1, plan, "/x/..//proc", Symlinks.REFUSE, Procfs.REQUIRED),
            attach(2, plan, "/proc/cpuinfo", Symlinks.REFUSE, Procfs.ALLOWED));
  }

  @Test
  void mounts_by_one_string_what_fsconfig_does_not_take() {
    String layers = "lowerdir=" + "/a-rather-long-name:".repeat(20) + "/last";
    Mount overlay =
        new Mount(
            "/merged", "overlay", "overlay", List.of("nodev", "noatime", layers, "userxattr"));
    assertThat(mounts(overlay))
        .containsExactly(
            "make overlay file system by mount(2) (%s,userxattr)".formatted(layers),
            "set nodev, noatime on overlay",
            "mount overlay at /merged");
    assertThat(mounts(new Mount("/a", "overlay", "o", List.of("lowerdir=/a\\,b:/c"))))
        .startsWith("make overlay file system o by mount(2) (\"lowerdir=/a\\\\,b:/c\")");
    assertThat(mounts(new Mount("/a", "ext4", "/dev/vdb", List.of("iversion", "sync"))))
        .startsWith("make ext4 file system /dev/vdb by mount(2) (iversion, sync)");
    assertThat(mounts(new Mount("/a", "ext4", "/dev/vdb", List.of("iversion", "noiversion"))))
        .startsWith("make ext4 file system /dev/vdb");
  }

  @Test
  void gives_layers_one_by_one_if_they_are_more_than_a_page() {
    String layers = "lowerdir=" + "/l:".repeat(1400) + "/a\\:b::/data";
    Plan plan = plan(mounting(new Mount("/a", "overlay", "o", List.of(layers, "userxattr"))));
    List<String> options =
        plan.steps().stream()
            .filter(Step.NewMount.class::isInstance)
            .map(step -> ((Step.NewMount) step).options())
            .findFirst()
            .orElseThrow();
    assertThat(options)
        .hasSize(1403)
        .startsWith("lowerdir+=/l")
        .endsWith("lowerdir+=/a:b", "datadir+=/data", "userxattr");
  }

  @Test
  void changes_what_is_mounted() {
    assertThat(
            mounts(
                new Mount(
                    "/run", "tmpfs", "x", List.of("remount", "size=1m", "async", "rprivate"))))
        .containsExactly(
            "open the mount at /run",
            "reconfigure /run (async, size=1m)",
            "set rprivate on /run and all below");
    assertThat(mounts(new Mount("/a", null, null, List.of("remount", "bind", "rro", "sync"))))
        .containsExactly("open the mount at /a", "set ro on /a and all below");
  }

  @Test
  void makes_dev_read_only_by_a_remount_when_all_is_made_in_it() {
    assertThat(steps(plan(mounting(new Mount("/dev", null, null, List.of("remount", "ro"))))))
        .containsSubsequence("open the mount at /dev", "change root", "set ro on /dev");
  }

  @Test
  void fills_a_tmpfs_before_it_is_mounted() {
    assertThat(mounts(new Mount("/run", "tmpfs", "tmpfs", List.of("tmpcopyup", "ro"))))
        .containsExactly(
            "make tmpfs file system",
            "make directory /run (0755)",
            "take over the mode of /run",
            "take over the owner of /run",
            "copy what is in /run to tmpfs",
            "mount tmpfs at /run");
    assertThat(mounts(new Mount("/run", "tmpfs", "x", List.of("tmpcopyup", "mode=700", "uid=5"))))
        .containsExactly(
            "make tmpfs file system x (mode=700, uid=5)",
            "copy what is in /run to tmpfs",
            "mount tmpfs at /run");
  }

  @Test
  void receives_trees_whose_ids_are_mapped() {
    List<IdMapping> ids = List.of(new IdMapping(0, 1000, 5));
    Spec spec =
        withOwnIds(
            mounting(
                new Mount("/a", "bind", "a", List.of("ro"), ids, ids),
                Mount.bind("/srv", "/b", "ridmap")));
    Plan plan = plan(spec);
    List<IdMapping> own = spec.linux().uidMappings();
    assertThat(plan.descriptors())
        .contains(
            new Descriptor.Tree(0, "/srv/web/a", false, new Descriptor.IdMap(ids, ids, false)),
            new Descriptor.Tree(1, "/srv", true, new Descriptor.IdMap(own, own, true)));
    assertThat(plan.toString())
        .contains("/srv/web/a with ids mapped, /srv and all below with ids mapped");
    assertThat(stepsAbout(plan, "/srv/web/a"))
        .containsExactly("set ro on /srv/web/a", "mount /srv/web/a at /a");
  }

  @Test
  void receives_trees_that_only_the_runtime_can_open() {
    HostView host = Plans.host(new HostMounts(Set.of("/home/user"), List.of(), false));
    Spec spec = withOwnIds(mounting(Mount.bind("/home/user", "/a"), Mount.bind("/srv/data", "/b")));
    Plan plan = plan(spec, host);
    assertThat(plan.descriptors()).contains(new Descriptor.Tree(0, "/home/user", true, null));
    assertThat(steps(plan))
        .contains("open /srv/data and all below", "mount /home/user at /a")
        .doesNotContain("open /home/user and all below");
  }

  @Test
  void labels_new_file_systems_where_there_is_selinux() {
    Spec spec =
        mounting(
            new Mount("/proc", "proc", "proc", List.of()),
            new Mount("/tmp", "tmpfs", "tmpfs", List.of("mode=755")),
            new Mount("/o", "overlay", "o", List.of("lowerdir=/a\\,b:/c")),
            Mount.bind("/srv", "/srv"));
    String label = "system_u:object_r:container_file_t:s0:c1,c2";
    Spec labelled = spec.withLinux(spec.linux().withMountLabel(label));
    HostView selinux = Plans.host(new HostMounts(Set.of(), List.of(), true));
    assertThat(stepsAbout(plan(labelled, selinux), "make "))
        .startsWith(
            "make proc file system",
            "make tmpfs file system (mode=755, context=%s)".formatted(label),
            "make overlay file system o by mount(2) (\"lowerdir=/a\\\\,b:/c,context=\\\"%s\\\"\")"
                .formatted(label));
    assertThat(stepsAbout(plan(labelled), "context")).isEmpty();
  }

  @Test
  void opens_sources_before_the_ids_change() {
    Spec spec = withOwnIds(mounting(Mount.bind("/srv/data", "/data")));
    assertThat(steps(plan(spec)))
        .containsSubsequence(
            "open /srv/data and all below",
            "open /dev/null",
            "mount root /srv/web/rootfs",
            "set user 0",
            "mount /srv/data at /data",
            "mount /dev/null at /dev/null",
            "change root");
  }

  private static Step attach(
      int place, Plan plan, String target, Symlinks symlinks, Procfs procfs) {
    return new Step.Attach(plan.descriptors().size() + place - 1, target, symlinks, procfs);
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
