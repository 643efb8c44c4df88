package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Problem;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecChecksTest {
  @Test
  void finds_all_problems_at_once() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "hostname": "h",
                 "process": {"cwd": "tmp", "args": [], "env": ["A"]},
                 "linux": {"resources": {"memory": {"limit": 10, "swap": 5}}}}
                """))
        .containsExactly(
            "root: missing",
            "process.args: empty",
            "process.cwd: \"tmp\" is not absolute",
            "process.env[0]: \"A\" has no '='",
            "hostname: needs a uts namespace, and linux.namespaces has none",
            "linux.resources.memory.swap: 5 is smaller than memory.limit 10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "", "1.0.0-", "9999999999.0.0"})
  void refuses_a_version_that_is_none(String version) {
    assertThat(problems("{\"ociVersion\": \"%s\", %s}".formatted(version, BASE)))
        .containsExactly("ociVersion: \"%s\" is not a version such as 1.3.0".formatted(version));
  }

  @Test
  void refuses_another_major_version() {
    assertThat(problems("{\"ociVersion\": \"2.0.0\", %s}".formatted(BASE)))
        .containsExactly("ociVersion: 2.0.0 is not a version 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0.0-rc5", "1.0.2-dev", "1.1.0+dev", "1.3.9"})
  void takes_versions_up_to_its_own(String version) {
    Findings findings = check("{\"ociVersion\": \"%s\", %s}".formatted(version, BASE));

    assertThat(findings.problems()).isEmpty();
    assertThat(findings.warnings()).isEmpty();
  }

  @Test
  void warns_of_a_newer_minor_version() {
    Findings findings = check("{\"ociVersion\": \"1.9.0\", %s}".formatted(BASE));

    assertThat(findings.problems()).isEmpty();
    assertThat(text(findings.warnings()))
        .containsExactly("ociVersion: 1.9.0 is newer than 1.3.0; what it added is ignored");
  }

  @Test
  void warns_of_limits_that_no_kernel_has_any_more() {
    Findings findings =
        check(
            """
            {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, "process": {"cwd": "/", "args": ["true"]},
             "linux": {"namespaces": [{"type": "mount"}], "resources": {"memory": {"kernel": 4096}}}}
            """);

    assertThat(findings.problems()).isEmpty();
    assertThat(text(findings.warnings()))
        .containsExactly(
            "linux.resources.memory.kernel: the kernel has no such limit any more; left out");
  }

  @Test
  void refuses_a_configuration_without_a_process() {
    assertThat(problems("{\"ociVersion\": \"1.3.0\", \"root\": {\"path\": \"\"}}"))
        .containsExactly("root.path: empty", "process: missing");
  }

  @Test
  void refuses_a_program_without_a_name_and_an_environment_without_names() {
    assertThat(process("\"args\": [\"\"], \"env\": [\"A=1\", \"=2\", \"\", \"B=\"]"))
        .containsExactly(
            "process.args[0]: empty",
            "process.env[1]: \"=2\" has no name",
            "process.env[2]: \"\" has no '='");
  }

  @Test
  void refuses_a_nul_in_any_string() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "root": {"path": "a\\u0000b"},
                 "process": {"cwd": "/\\u0000", "args": ["true", "\\u0000"]},
                 "mounts": [{"destination": "/a\\u0000", "type": "x", "options": ["x\\u0000"]}],
                 "annotations": {"k\\u0000": "v", "k": "\\u0000"},
                 "linux": {"namespaces": [{"type": "mount"}], "cgroupsPath": "\\u0000"}}
                """))
        .containsExactly(
            "process.args[1]: contains a NUL character",
            "process.cwd: contains a NUL character",
            "root.path: contains a NUL character",
            "mounts[0].destination: contains a NUL character",
            "mounts[0].options[0]: contains a NUL character",
            "annotations[\"k\\u0000\"]: contains a NUL character",
            "annotations[\"k\"]: contains a NUL character",
            "linux.cgroupsPath: contains a NUL character");
  }

  @Test
  void refuses_rlimits_given_twice_and_soft_above_hard() {
    assertThat(
            process(
                """
                "rlimits": [{"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 7},
                            {"type": "RLIMIT_CORE", "hard": 1, "soft": 18446744073709551615}]
                """))
        .containsExactly(
            "process.rlimits[1].type: RLIMIT_CORE is given twice",
            "process.rlimits[1].soft: 18446744073709551615 is greater than hard 1");
  }

  @Test
  void only_warns_of_an_unknown_capability() {
    Findings findings =
        check(
            withProcess(
                "\"capabilities\": {\"bounding\": [\"CAP_KILL\", \"CAP_FLY\"], \"ambient\":"
                    + " [\"kill\"]}"));

    assertThat(findings.problems()).isEmpty();
    assertThat(text(findings.warnings()))
        .containsExactly("process.capabilities: unknown and left out: \"CAP_FLY\", \"kill\"");
  }

  @Test
  void refuses_numbers_out_of_their_range() {
    assertThat(
            process(
                """
                "oomScoreAdj": 1001, "user": {"uid": 0, "gid": 0, "umask": 512},
                "ioPriority": {"class": "IOPRIO_CLASS_RT", "priority": 8},
                "scheduler": {"policy": "SCHED_OTHER", "nice": 20},
                "terminal": true, "consoleSize": {"height": 65536, "width": 80}
                """))
        .containsExactly(
            "process.user.umask: 512 is not within 0 to 511",
            "process.oomScoreAdj: 1001 is not within -1000 to 1000",
            "process.consoleSize.height: 65536 is not within 0 to 65535",
            "process.ioPriority.priority: 8 is not within 0 to 7",
            "process.scheduler.nice: 20 is not within -20 to 19");
  }

  @Test
  void refuses_the_id_that_means_no_change() {
    assertThat(
            process(
                """
                "user": {"uid": 4294967295, "gid": 4294967295, "additionalGids": [4294967295]}
                """))
        .containsExactly(
            "process.user.uid: 4294967295 is not an id",
            "process.user.gid: 4294967295 is not an id",
            "process.user.additionalGids[0]: 4294967295 is not an id");
  }

  @Test
  void ignores_the_size_of_a_terminal_that_there_is_not() {
    assertThat(process("\"consoleSize\": {\"height\": 65536, \"width\": 80}")).isEmpty();
  }

  @Test
  void holds_records_of_a_program_to_the_ranges_that_files_have() {
    Spec spec = SpecDefaults.spec();
    Spec negative = spec.withProcess(spec.process().withUser(new User(-1, 1L << 32)));

    assertThat(text(SpecChecks.check(negative).problems()))
        .containsExactly(
            "process.user.uid: -1 is not within 0 to 4294967295",
            "process.user.gid: 4294967296 is not within 0 to 4294967295");
  }

  @Test
  void refuses_network_devices_that_cannot_be_called_so() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, "process": {"cwd": "/", "args": ["true"]},
                 "linux": {
                  "namespaces": [{"type": "mount"}, {"type": "network"}],
                  "netDevices": {
                    "lo": {}, "": {}, "a/b": {}, "eth%d": {"name": "eth%d"},
                    "eth0": {"name": "a-name-of-16-byt"},
                    "eth1": {"name": ".."}, "eth2": {"name": "x%d%d"}, "eth3": {"name": "eth5"},
                    "eth4": {"name": "a b"}, "eth5": {}, "eth6": {"name": "lo"}}}}
                """
                    .replace("\"a-name-of-16-bytes\"[:16]", "\"a-name-of-16-byt\"")))
        .containsExactly(
            "linux.netDevices[\"lo\"]: \"lo\" is a device that every network namespace has for itself",
            "linux.netDevices[\"\"]: \"\" does not have between 1 and 15 characters",
            "linux.netDevices[\"a/b\"]: \"a/b\" is not the name of a network device",
            "linux.netDevices[\"eth%d\"]: \"eth%d\" is not the name of a network device",
            "linux.netDevices[\"eth0\"].name: \"a-name-of-16-byt\" does not have between 1 and 15"
                + " characters",
            "linux.netDevices[\"eth1\"].name: \"..\" is not the name of a network device",
            "linux.netDevices[\"eth2\"].name: \"x%d%d\" is not the name of a network device",
            "linux.netDevices[\"eth4\"].name: \"a b\" is not the name of a network device",
            "linux.netDevices[\"eth5\"]: would be \"eth5\" in the container, as \"eth3\" is",
            "linux.netDevices[\"eth6\"].name: \"lo\" is a device that every network namespace has"
                + " for itself",
            "linux.netDevices[\"eth6\"]: would be \"lo\" in the container, as \"lo\" is");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "closID": "a/b"        | closID: "a/b" is neither "/" nor the name of a directory
          "closID": ".."         | closID: ".." is neither "/" nor the name of a directory
          "closID": "a\\nb"      | closID: "a\\nb" is neither "/" nor the name of a directory
          "closID": "mon_groups" | closID: "mon_groups" is a directory that resctrl has for itself
          "l3CacheSchema": "L3:0=f\\nMB:0=1" | l3CacheSchema: has more than one line; linux.intelRdt.schemata takes a list of them
          "memBwSchema": "MB:0=1\\n" | memBwSchema: has more than one line; linux.intelRdt.schemata takes a list of them
          "schemata": ["L3:0=f", "L2:0=f\\n"] | schemata[1]: has more than one line; linux.intelRdt.schemata takes a list of them
          """)
  void refuses_resctrl_groups_that_cannot_be(String property, String problem) {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, "process": {"cwd": "/", "args": ["true"]},
                 "linux": {"namespaces": [{"type": "mount"}], "intelRdt": {%s}}}
                """
                    .formatted(property)))
        .containsExactly("linux.intelRdt." + problem);
  }

  @Test
  void refuses_hooks_that_cannot_run() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", %s, "hooks": {
                  "createRuntime": [{"path": "bin/x", "env": ["A"], "timeout": 0}],
                  "poststop": [{"path": "/x", "timeout": 1}]}}
                """
                    .formatted(BASE)))
        .containsExactly(
            "hooks.createRuntime[0].path: \"bin/x\" is not absolute",
            "hooks.createRuntime[0].env[0]: \"A\" has no '='",
            "hooks.createRuntime[0].timeout: 0 is not greater than 0");
  }

  @Test
  void refuses_an_annotation_without_a_name() {
    assertThat(
            problems(
                "{\"ociVersion\": \"1.3.0\", %s, \"annotations\": {\"\": \"x\"}}".formatted(BASE)))
        .containsExactly("annotations[\"\"]: an empty name");
  }

  @Test
  void refuses_mounts_without_a_place_or_a_source() {
    assertThat(
            mounts(
                """
                {"destination": "", "type": "tmpfs"},
                {"destination": "/a/..//", "type": "proc"},
                {"destination": "/a", "options": ["rbind"]},
                {"destination": "/b", "type": "bind", "source": ""},
                {"destination": "/c", "type": "tmpfs", "uidMappings": [
                  {"containerID": 0, "hostID": 0, "size": 0}]}
                """))
        .containsExactly(
            "mounts[0].destination: empty",
            "mounts[1]: a file system of type proc cannot be the root",
            "mounts[2].source: missing, and a bind mount needs one",
            "mounts[3].source: missing, and a bind mount needs one",
            "mounts[4].uidMappings[0].size: 0",
            "mounts[4]: uidMappings and gidMappings are only of use together",
            "mounts[4].uidMappings: only a bind mount can have its ids mapped");
  }

  @Test
  void takes_a_mount_for_the_root_and_warns_of_what_it_covers() {
    Findings findings =
        check(
            withMounts(
                """
                {"destination": "/", "type": "bind", "source": "/srv", "options": ["bind"]},
                {"destination": "/", "type": "overlay", "options": ["lowerdir=/a:/b"]},
                {"destination": "/", "options": ["remount", "nosuid"]}
                """));
    assertThat(findings.problems()).isEmpty();
    assertThat(text(findings.warnings()))
        .containsExactly("mounts[1].destination: the mounts before it are covered by the new root");
  }

  @Test
  void warns_of_a_relative_destination() {
    assertThat(text(check(withMounts("{\"destination\": \"d\", \"type\": \"tmpfs\"}")).warnings()))
        .containsExactly("mounts[0].destination: \"d\" is taken from /");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/proc/self",
        "/proc/sys",
        "/proc/sys/kernel",
        "/proc/1/attr",
        "/proc/../proc/self",
        "//proc//self",
        "proc/self",
        "/proc/cpuinfo/.."
      })
  void lets_nothing_be_mounted_inside_proc_or_over_it(String destination) {
    String mount = "{\"destination\": \"%s\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}";

    assertThat(mounts(mount.formatted(destination))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cpuinfo",
        "diskstats",
        "meminfo",
        "stat",
        "swaps",
        "uptime",
        "loadavg",
        "slabinfo",
        "sys/kernel/ns_last_pid",
        "sys/crypto/fips_enabled"
      })
  void lets_the_files_of_lxcfs_be_mounted_inside_proc(String file) {
    assertThat(
            mounts(
                "{\"destination\": \"/proc/%s\", \"source\": \"/x\", \"options\": [\"bind\"]}"
                    .formatted(file)))
        .isEmpty();
  }

  @Test
  void lets_only_a_proc_file_system_be_proc() {
    assertThat(
            mounts(
                """
                {"destination": "/proc", "type": "tmpfs", "source": "tmpfs"},
                {"destination": "/proc/", "type": "sysfs", "source": "/x"},
                {"destination": "/proc/sys", "type": "proc"},
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/proc", "type": "bind", "source": "/of/the/host"}
                """))
        .containsExactly(
            "mounts[0]: at /proc there can only be a proc file system",
            "mounts[1]: at /proc there can only be a proc file system",
            "mounts[2].destination: \"/proc/sys\" is inside /proc");
  }

  @Test
  void lets_a_mount_in_proc_be_changed() {
    assertThat(
            mounts(
                """
                {"destination": "/proc", "options": ["remount", "ro"]},
                {"destination": "/proc/sys", "options": ["remount", "bind", "rw"]}
                """))
        .isEmpty();
  }

  @Test
  void refuses_what_would_change_the_mounts_that_are_shared_with_the_host() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "root": {"path": "rootfs", "readonly": true},
                 "process": {"cwd": "/", "args": ["true"], "terminal": true},
                 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
                 "linux": {
                   "maskedPaths": ["/proc/keys"], "readonlyPaths": ["/proc/sys"],
                   "devices": [{"path": "/dev/p", "type": "p"}], "rootfsPropagation": "slave"}}
                """))
        .containsExactly(
            "linux.maskedPaths: needs a mount namespace, and linux.namespaces has none",
            "linux.readonlyPaths: needs a mount namespace, and linux.namespaces has none",
            "mounts: needs a mount namespace, and linux.namespaces has none",
            "root.readonly: needs a mount namespace, and linux.namespaces has none",
            "linux.rootfsPropagation: needs a mount namespace, and linux.namespaces has none",
            "linux.devices: needs a mount namespace, and linux.namespaces has none");
  }

  @Test
  void refuses_namespaces_given_twice_and_by_a_relative_path() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}, {"type": "pid"}, {"type": "pid", "path": "p"}]
                """))
        .containsExactly(
            "linux.namespaces[2]: a second pid namespace",
            "linux.namespaces[2].path: \"p\" is not absolute");
  }

  @Test
  void refuses_what_needs_a_namespace_that_there_is_not() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "root": {"path": "r"}, "hostname": "h", "domainname": "d",
                 "process": {"cwd": "/", "args": ["true"]},
                 "linux": {
                   "maskedPaths": ["/a"], "readonlyPaths": ["b"],
                   "netDevices": {"eth0": {}}, "timeOffsets": {"realtime": {"nanosecs": 1000000000}},
                   "uidMappings": [{"containerID": 0, "hostID": 0, "size": 1}],
                   "gidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]}}
                """))
        .containsExactly(
            "hostname: needs a uts namespace, and linux.namespaces has none",
            "domainname: needs a uts namespace, and linux.namespaces has none",
            "linux.maskedPaths: needs a mount namespace, and linux.namespaces has none",
            "linux.readonlyPaths: needs a mount namespace, and linux.namespaces has none",
            "linux.netDevices: needs a network namespace, and linux.namespaces has none",
            "linux.timeOffsets: needs a time namespace, and linux.namespaces has none",
            "linux.uidMappings: needs a user namespace, and linux.namespaces has none",
            "linux.gidMappings: needs a user namespace, and linux.namespaces has none",
            "linux.timeOffsets[\"realtime\"]: there is only \"monotonic\" and \"boottime\"",
            "linux.timeOffsets[\"realtime\"].nanosecs: 1000000000 is not within 0 to 999999999",
            "linux.readonlyPaths[0]: \"b\" is not absolute");
  }

  @Test
  void refuses_a_new_user_namespace_without_mappings() {
    assertThat(linux("\"namespaces\": [{\"type\": \"mount\"}, {\"type\": \"user\"}]"))
        .containsExactly(
            "linux.uidMappings: empty, and a new user namespace needs them",
            "linux.gidMappings: empty, and a new user namespace needs them");
  }

  @Test
  void refuses_mappings_of_a_new_user_namespace_without_root() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}, {"type": "user"}],
                "uidMappings": [{"containerID": 1, "hostID": 1000, "size": 9}],
                "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}]
                """))
        .containsExactly(
            "linux.uidMappings: 0 is in none of them, and it is root who sets the container up",
            "process.user.uid: 0 is not in linux.uidMappings");
  }

  @Test
  void refuses_a_mount_namespace_by_path_for_a_new_user_namespace() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount", "path": "/run/mnt"}, {"type": "user"}],
                "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 9}],
                "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 9}]
                """))
        .containsExactly(
            "linux.namespaces: a new user namespace has no say in a mount namespace that is there"
                + " already; give both a path, or neither");
  }

  @Test
  void refuses_offsets_for_a_time_namespace_by_path() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}, {"type": "time", "path": "/run/time"}],
                "timeOffsets": {"monotonic": {"secs": 1}}
                """))
        .containsExactly(
            "linux.timeOffsets: only for a new time namespace, and linux.namespaces has a path for"
                + " it");
  }

  @Test
  void takes_mappings_for_a_user_namespace_by_path() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}, {"type": "user", "path": "/run/user"}],
                "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}],
                "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}]
                """))
        .isEmpty();
  }

  @Test
  void refuses_mappings_that_linux_would_not_take() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}, {"type": "user"}],
                "uidMappings": [
                  {"containerID": 0, "hostID": 1000, "size": 10},
                  {"containerID": 9, "hostID": 5000, "size": 1},
                  {"containerID": 20, "hostID": 1009, "size": 1},
                  {"containerID": 30, "hostID": 4294967295, "size": 2},
                  {"containerID": 50, "hostID": 50, "size": 0}],
                "gidMappings": [{"containerID": 0, "hostID": 0, "size": 4294967295}]
                """))
        .containsExactly(
            "linux.uidMappings[1]: overlaps linux.uidMappings[0]",
            "linux.uidMappings[2]: overlaps linux.uidMappings[0]",
            "linux.uidMappings[3]: reaches beyond the id 4294967294",
            "linux.uidMappings[4].size: 0");
  }

  @Test
  void refuses_more_mappings_than_linux_takes() {
    String ranges =
        IntStream.range(0, 341)
            .mapToObj(i -> "{\"containerID\": %1$s, \"hostID\": %1$s, \"size\": 1}".formatted(i))
            .collect(Collectors.joining(","));

    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}, {"type": "user"}],
                "uidMappings": [%s],
                "gidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]
                """
                    .formatted(ranges)))
        .containsExactly("linux.uidMappings: 341 ranges are more than the 340 that Linux takes");
  }

  @Test
  void refuses_a_user_who_is_not_mapped() {
    assertThat(
            problems(
                """
                {"ociVersion": "1.3.0", "root": {"path": "r"},
                 "process": {"cwd": "/", "args": ["true"],
                   "user": {"uid": 10, "gid": 11, "additionalGids": [0, 12]}},
                 "linux": {"namespaces": [{"type": "mount"}, {"type": "user"}],
                   "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 10}],
                   "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 10}]}}
                """))
        .containsExactly(
            "process.user.uid: 10 is not in linux.uidMappings",
            "process.user.gid: 11 is not in linux.gidMappings",
            "process.user.additionalGids[1]: 12 is not in linux.gidMappings");
  }

  @Test
  void allows_the_same_device_twice() {
    String device = "{\"path\": \"/dev/b\", \"type\": \"c\", \"major\": 1, \"minor\": 3}";
    assertThat(
            linux(
                "\"namespaces\": [{\"type\": \"mount\"}], \"devices\": [%1$s, %1$s]"
                    .formatted(device)))
        .isEmpty();
  }

  @Test
  void warns_of_a_listener_that_is_never_needed() {
    Findings findings =
        check(
            """
            {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, "process": {"cwd": "/", "args": ["true"]},
             "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/run/agent"}}}
            """);

    assertThat(findings.problems()).isEmpty();
    assertThat(text(findings.warnings()))
        .containsExactly("linux.seccomp.listenerPath: no rule has SCMP_ACT_NOTIFY; ignored");
  }

  @Test
  void refuses_devices_without_numbers_and_rules_with_other_letters() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}],
                "devices": [{"path": "dev/a", "type": "c", "major": 1},
                            {"path": "/dev/b", "type": "p"},
                            {"path": "/dev/b", "type": "b", "major": -1, "minor": 1048576}],
                "resources": {"devices": [{"allow": true, "access": "rwx", "major": -2},
                                          {"allow": true, "major": -1, "minor": -1}]}
                """))
        .containsExactly(
            "linux.devices[0].path: \"dev/a\" is not absolute",
            "linux.devices[0].minor: missing",
            "linux.devices[2].path: \"/dev/b\" is another device above",
            "linux.devices[2].major: -1 is not within 0 to 4095",
            "linux.devices[2].minor: 1048576 is not within 0 to 1048575",
            "linux.resources.devices[0].access: \"rwx\" has other letters than r, w and m",
            "linux.resources.devices[0].major: -2 is not within -1 to 4095");
  }

  @Test
  void refuses_limits_that_contradict_themselves() {
    assertThat(
            resources(
                """
                "memory": {"limit": -2, "swap": 5, "swappiness": 101},
                "cpu": {"quota": 10, "burst": 11, "cpus": "0-3;7", "mems": "0-1,3", "idle": 2},
                "blockIO": {"weight": 9, "weightDevice": [{"major": -1, "minor": 0}],
                  "throttleWriteIOPSDevice": [{"major": 8, "minor": 1048576, "rate": 1}]},
                "hugepageLimits": [{"pageSize": "2 MB", "limit": 1}],
                "rdma": {"mlx": {}},
                "unified": {"memory.high": "1", "../x": "1", "..": "1", "memory": "1",
                  "cgroup.procs": "0", "cgroup.threads": "0", "cgroup.freeze": "1",
                  "cgroup.kill": "1", "cgroup.type": "threaded", "cgroup.max.depth": "1"}
                """))
        .containsExactly(
            "linux.resources.memory.limit: -2 is neither a number of bytes nor -1",
            "linux.resources.memory.swappiness: 101 is not within 0 to 100",
            "linux.resources.cpu.cpus: \"0-3;7\" is not a list such as 0-3,7",
            "linux.resources.cpu.burst: 11 is greater than cpu.quota 10",
            "linux.resources.cpu.idle: 2 is not within 0 to 1",
            "linux.resources.blockIO.weight: 9 is not within 10 to 1000",
            "linux.resources.blockIO.weightDevice[0].major: -1 is not within 0 to 4095",
            "linux.resources.blockIO.weightDevice[0]: has neither weight nor leafWeight",
            "linux.resources.blockIO.throttleWriteIOPSDevice[0].minor: 1048576 is not within 0 to"
                + " 1048575",
            "linux.resources.hugepageLimits[0].pageSize: \"2 MB\" is not a size such as 2MB",
            "linux.resources.rdma[\"mlx\"]: has neither hcaHandles nor hcaObjects",
            "linux.resources.unified[\"../x\"]: not the name of a file of a cgroup, such as memory.high",
            "linux.resources.unified[\"..\"]: not the name of a file of a cgroup, such as memory.high",
            "linux.resources.unified[\"memory\"]: not the name of a file of a cgroup, such as memory.high",
            "linux.resources.unified[\"cgroup.procs\"]: acts on processes or what they can be in, and is no limit",
            "linux.resources.unified[\"cgroup.threads\"]: acts on processes or what they can be in, and is no limit",
            "linux.resources.unified[\"cgroup.freeze\"]: acts on processes or what they can be in, and is no limit",
            "linux.resources.unified[\"cgroup.kill\"]: acts on processes or what they can be in, and is no limit",
            "linux.resources.unified[\"cgroup.type\"]: acts on processes or what they can be in, and is no limit");
  }

  @Test
  void takes_what_engines_write_for_no_limit() {
    assertThat(
            resources(
                """
                "memory": {"limit": -1, "swap": -1, "swappiness": 18446744073709551615},
                "cpu": {"shares": 0, "quota": -1, "idle": 0},
                "pids": {"limit": 0},
                "blockIO": {"weight": 0, "leafWeight": 0},
                "network": {"classID": 0, "priorities": []}
                """))
        .isEmpty();
  }

  @Test
  void refuses_a_cgroup_above_the_root() {
    assertThat(linux("\"cgroupsPath\": \"/a/../b\""))
        .containsExactly(
            "linux.cgroupsPath: cgroup \"/a/../b\": '..' is not allowed; name the cgroup from the"
                + " root");
  }

  @Test
  void refuses_swap_without_a_memory_limit() {
    assertThat(resources("\"memory\": {\"swap\": 5}"))
        .containsExactly("linux.resources.memory.swap: 5 needs a memory.limit");
    assertThat(resources("\"memory\": {\"swap\": -1}")).isEmpty();
    assertThat(resources("\"memory\": {\"limit\": 0, \"swap\": 0}")).isEmpty();
  }

  @Test
  void refuses_a_seccomp_filter_that_cannot_be_made() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}],
                "seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1,
                  "listenerMetadata": "m",
                  "syscalls": [{"names": [], "action": "SCMP_ACT_KILL", "errnoRet": 2,
                    "args": [{"index": 6, "value": 0, "op": "SCMP_CMP_EQ"}]}]}
                """))
        .containsExactly(
            "linux.seccomp.defaultErrnoRet: SCMP_ACT_ALLOW takes no errno",
            "linux.seccomp.listenerMetadata: needs a listenerPath",
            "linux.seccomp.syscalls[0].names: empty",
            "linux.seccomp.syscalls[0].errnoRet: SCMP_ACT_KILL takes no errno",
            "linux.seccomp.syscalls[0].args[0].index: 6 is not within 0 to 5");
  }

  @Test
  void refuses_a_seccomp_filter_that_would_stop_the_runtime() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}],
                "seccomp": {"defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "agent.sock",
                  "syscalls": [{"names": ["read", "write"], "action": "SCMP_ACT_NOTIFY"}]}
                """))
        .containsExactly(
            "linux.seccomp.listenerPath: \"agent.sock\" is not absolute",
            "linux.seccomp.defaultAction: SCMP_ACT_NOTIFY would stop the runtime, too: it is for"
                + " rules",
            "linux.seccomp.syscalls[0].names[1]: SCMP_ACT_NOTIFY for write would stop the runtime,"
                + " too");
  }

  @Test
  void refuses_a_seccomp_filter_that_nobody_listens_to() {
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}],
                "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 4096,
                  "flags": ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"],
                  "syscalls": [{"names": ["read"], "action": "SCMP_ACT_TRACE", "errnoRet": 65536}]}
                """))
        .containsExactly(
            "linux.seccomp.defaultErrnoRet: 4096 is not within 0 to 4095",
            "linux.seccomp.flags[0]: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a rule with"
                + " SCMP_ACT_NOTIFY",
            "linux.seccomp.syscalls[0].errnoRet: 65536 is not within 0 to 65535");
    assertThat(
            linux(
                """
                "namespaces": [{"type": "mount"}],
                "seccomp": {"defaultAction": "SCMP_ACT_ALLOW",
                  "syscalls": [{"names": ["read"], "action": "SCMP_ACT_NOTIFY"}]}
                """))
        .containsExactly("linux.seccomp.syscalls[0].action: SCMP_ACT_NOTIFY needs a listenerPath");
  }

  private static final String BASE =
      """
      "root": {"path": "rootfs"}, "process": {"cwd": "/", "args": ["true"]},
      "linux": {"namespaces": [{"type": "mount"}]}\
      """;

  private static String withProcess(String properties) {
    return """
    {"ociVersion": "1.3.0", "root": {"path": "rootfs"},
     "process": {"cwd": "/"%s, %s}, "linux": {"namespaces": [{"type": "mount"}]}}
    """
        .formatted(properties.contains("\"args\"") ? "" : ", \"args\": [\"true\"]", properties);
  }

  private static String withMounts(String mounts) {
    return "{\"ociVersion\": \"1.3.0\", %s, \"mounts\": [%s]}".formatted(BASE, mounts);
  }

  private static List<String> process(String properties) {
    return problems(withProcess(properties));
  }

  private static List<String> mounts(String mounts) {
    return problems(withMounts(mounts));
  }

  private static List<String> linux(String properties) {
    return problems(
        """
        {"ociVersion": "1.3.0", "root": {"path": "rootfs"},
         "process": {"cwd": "/", "args": ["true"]}, "linux": {%s}}
        """
            .formatted(properties));
  }

  private static List<String> resources(String properties) {
    return linux(
        "\"namespaces\": [{\"type\": \"mount\"}], \"resources\": {%s}".formatted(properties));
  }

  private static List<String> problems(String json) {
    return text(check(json).problems());
  }

  private static List<String> text(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }

  private static Findings check(String json) {
    return SpecChecks.check(
        SpecReader.read(json.getBytes(StandardCharsets.UTF_8), Spec.class)
            .orThrow(AssertionError::new));
  }
}
