package dev.berth.linux.conformance;

import static java.util.stream.Collectors.joining;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a container shows of itself, one fact a line, each with the section that it is from; without
 * what differs from one run to the next.
 */
record Observation(List<String> facts) {
  /** Prints each section's name, and below it what is to be known. For a busybox shell. */
  static final String SCRIPT =
      """
      section() { echo "== $1"; }
      section status; grep -E '^(Umask|Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|SigIgn|SigBlk|NSpid|Cpus_allowed:|Mems_allowed:)' /proc/$$/status
      section limits; cat /proc/$$/limits
      section mountinfo; cat /proc/$$/mountinfo
      section uid_map; cat /proc/$$/uid_map
      section gid_map; cat /proc/$$/gid_map
      section setgroups; cat /proc/$$/setgroups
      section cgroup; cat /proc/$$/cgroup
      section label; cat /proc/$$/attr/current 2>&1
      section oom_score_adj; cat /proc/$$/oom_score_adj
      section session; cut -d' ' -f5-7 /proc/$$/stat
      section environment; env
      section directory; pwd
      section descriptors; ls /proc/$$/fd
      section names; hostname; cat /proc/sys/kernel/domainname
      section root; stat -c '%n %F %a %u:%g' /* /tmp/* /made /made/for /not /not/yet /not/yet/there /var/zero /etc/services
      section dev; find /dev | sort | xargs stat -c '%N %F %a %u:%g %t:%T'
      section masked; for path in /proc/acpi /proc/kcore /proc/keys /proc/timer_list /proc/scsi /proc/version /sys/firmware /etc; do
        stat -c '%n %F %a %t:%T' $path; ls -A $path; done
      section sysctl; cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ping_group_range
      section writable; for path in / /tmp /etc /sys /proc/sys/kernel/hostname /proc/irq /proc/bus /sys/fs/cgroup; do
        test -w $path && echo $path; done
      section keys; cut -d' ' -f2- /proc/keys
      section network; ip addr show lo
      section seccomp; mkdir /tmp/made-here
      """;

  private static final Pattern MOUNT =
      Pattern.compile("\\d+ \\d+ \\d+:\\d+ (\\S+ \\S+ \\S+) (.*?)(?:- )(\\S+ \\S+ )(\\S+)");

  /**
   * Reads what {@link #SCRIPT} has printed.
   *
   * @param id of the container, which is part of some paths
   * @param bundle that it was made of
   */
  static Observation read(String output, String id, Path bundle) {
    List<String> facts = new ArrayList<>();
    String section = "";
    String text = output.replace(bundle.toString(), "BUNDLE").replace(id, "ID");
    for (String line : text.lines().toList()) {
      if (line.startsWith("== ")) {
        section = line.substring(3);
      } else {
        facts.add(section + ": " + fact(section, line));
      }
    }
    return new Observation(facts);
  }

  private static String fact(String section, String line) {
    return switch (section) {
      case "mountinfo" -> mount(line);
      case "keys" -> line.replaceFirst(" +\\d+ perm", " perm"); // how many use it
      default -> line.strip();
    };
  }

  /** The numbers of mounts, devices and peer groups are other ones in each container. */
  private static String mount(String line) {
    var matcher = MOUNT.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("mountinfo: " + line);
    }
    String propagation = matcher.group(2).replaceAll(":\\d+", "");
    String superOptions = Stream.of(matcher.group(4).split(",")).sorted().collect(joining(","));
    return matcher.group(1) + " " + propagation + matcher.group(3) + superOptions;
  }

  /** The facts that are not among {@code others}. */
  List<String> without(Observation others) {
    List<String> left = new ArrayList<>(facts);
    others.facts.forEach(left::remove);
    return left;
  }
}
