package dev.berth.linux.conformance;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where this runtime means to differ from runc; {@code docs/conformance.md} has the same list.
 *
 * @param configurations names that the difference is seen in
 * @param fact seen under one of the two only
 * @param reason why
 */
record KnownDifference(Pattern configurations, Pattern fact, String reason) {
  private static final String EVERY = ".*";

  private static final List<KnownDifference> ALL =
      List.of(
          of(
              EVERY,
              "status: SigIgn:.*",
              "runc hands on which signals its caller ignores, here all are at their default"),
          of(
              EVERY,
              "mountinfo: / /sys r[ow],.* sysfs sysfs r[ow]",
              "read-only is the mount here, and never the superblock, which other mounts share"),
          of(
              EVERY,
              "mountinfo: / /(proc|sys|etc)\\S* ro,.* tmpfs \\S+ .*",
              "what covers a masked directory is nosuid, nodev and noexec, and takes no files"),
          of(
              EVERY,
              "dev: '/dev/core' -> '/proc/kcore' .*",
              "the link is made whether or not the host's kernel has a kcore"),
          of(
              EVERY,
              "cgroup: \\d+:memory:.*|mountinfo: \\S* /sys/fs/cgroup/memory .*",
              "without cgroupsPath the cgroup of root's container is below the root of each hierarchy, where runc takes"
                  + " its own cgroup for the parent"),
          of(
              EVERY,
              "mountinfo: \\S+ /sys/fs/cgroup/(unified|systemd) .*",
              "the cgroup of version 2 of a hybrid host is shown as well, and a named hierarchy"
                  + " goes by the type of its file system"),
          of(
              EVERY,
              "mountinfo: / /sys/fs/cgroup r[ow],.* tmpfs (tmpfs|cgroup) .*",
              "read-only holds for the directory of the hierarchies, too"),
          of(
              "user-namespace.*",
              "dev: /dev/mqueue directory .*",
              "the message queues of a user namespace belong to root and its group, not to a group"
                  + " that is not mapped"),
          of(
              "rootfs-propagation-shared",
              "mountinfo: BUNDLE/rootfs / .*",
              "runc 1.1 leaves the root private where rootfsPropagation is shared"),
          of(
              "tmpfs.*|mounts-in-mounts",
              "root: /tmp directory .*",
              "runc 1.1 gives a tmpfs the mode of the directory below it even if mode= is given"),
          of(
              "rlimits|rlimits-none",
              "limits: Max open files .*",
              "a JVM raises its soft limit; its containers get 1024, unless configured"),
          of(
              "host-pid",
              "(session|status: NSpid):\\s.*",
              "a process has another number each time"));

  private static KnownDifference of(String configurations, String fact, String reason) {
    return new KnownDifference(
        Pattern.compile(configurations),
        Pattern.compile("(?:runc: |Berth:) (?:" + fact + ")"),
        reason);
  }

  /** All of them, as sentences. */
  static List<String> reasons() {
    return ALL.stream()
        .map(
            each -> each.reason.substring(0, 1).toUpperCase(Locale.ROOT) + each.reason.substring(1))
        .toList();
  }

  /** What is left of {@code facts} that nobody has given a reason for. */
  static List<String> remove(String configuration, List<String> facts) {
    return facts.stream()
        .filter(fact -> ALL.stream().noneMatch(known -> known.explains(configuration, fact)))
        .toList();
  }

  private boolean explains(String configuration, String seen) {
    return configurations.matcher(configuration).matches() && fact.matcher(seen).matches();
  }
}
