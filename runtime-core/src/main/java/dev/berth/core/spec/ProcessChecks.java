package dev.berth.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.spec.Capabilities;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Rlimit;
import dev.berth.spec.User;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks {@code process} (config.md, "Process"). */
final class ProcessChecks {
  private static final int MAX_UMASK = 0777;
  private static final int MAX_GROUPS = 65_536; // NGROUPS_MAX

  /** What execve(2) takes of both together, with a NUL and a pointer for each; Linux 4.13. */
  private static final long MAX_TEXT = 6 << 20;

  private static final int MAX_TERMINAL_SIDE = 65_535; // struct winsize has unsigned shorts

  private ProcessChecks() {}

  static void check(ProcessSpec process, Report report) {
    arguments(process, report);
    report.requireAbsolute("process.cwd", process.cwd());
    environment("process.env", process.env(), report);
    capabilities(process.capabilities(), report);
    rlimits(process.rlimits(), report);
    user(process.user(), report);
    numbers(process, report);
    SchedulingChecks.checkProcess(process, report);
  }

  private static void arguments(ProcessSpec process, Report report) {
    if (process.args().isEmpty()) {
      report.problem("process.args", "empty");
    } else if (process.args().getFirst().isEmpty()) {
      report.problem("process.args[0]", "empty");
    }
    long text = text(process.args()) + text(process.env());
    if (text > MAX_TEXT) {
      report.problem(
          "process.args",
          "%s bytes with process.env are more than the %s that Linux takes"
              .formatted(text, MAX_TEXT));
    }
  }

  private static long text(List<String> strings) {
    return strings.stream().mapToLong(each -> each.getBytes(UTF_8).length + 1L + Long.BYTES).sum();
  }

  static void environment(String path, List<String> environment, Report report) {
    for (int i = 0; i < environment.size(); i++) {
      String entry = environment.get(i);
      if (entry.indexOf('=') < 0) {
        report.problem("%s[%s]".formatted(path, i), "\"%s\" has no '='".formatted(entry));
      } else if (entry.startsWith("=")) {
        report.problem("%s[%s]".formatted(path, i), "\"%s\" has no name".formatted(entry));
      }
    }
  }

  /** The specification wants a warning: an engine may know more capabilities than the runtime. */
  private static void capabilities(Capabilities sets, Report report) {
    String unknown =
        Stream.of(
                sets.bounding(),
                sets.effective(),
                sets.inheritable(),
                sets.permitted(),
                sets.ambient())
            .flatMap(List::stream)
            .filter(name -> Capability.named(name).isEmpty())
            .distinct()
            .map("\"%s\""::formatted)
            .collect(Collectors.joining(", "));
    if (!unknown.isEmpty()) {
      report.warning("process.capabilities", "unknown and left out: " + unknown);
    }
  }

  private static void rlimits(List<Rlimit> rlimits, Report report) {
    Set<Rlimit.Type> seen = EnumSet.noneOf(Rlimit.Type.class);
    for (int i = 0; i < rlimits.size(); i++) {
      Rlimit rlimit = rlimits.get(i);
      String path = "process.rlimits[%s]".formatted(i);
      if (!seen.add(rlimit.type())) {
        report.problem(path + ".type", "%s is given twice".formatted(rlimit.type()));
      }
      if (Long.compareUnsigned(rlimit.soft(), rlimit.hard()) > 0) {
        report.problem(
            path + ".soft",
            "%s is greater than hard %s"
                .formatted(
                    Long.toUnsignedString(rlimit.soft()), Long.toUnsignedString(rlimit.hard())));
      }
    }
  }

  private static void user(User user, Report report) {
    id("process.user.uid", user.uid(), report);
    id("process.user.gid", user.gid(), report);
    if (user.additionalGids().size() > MAX_GROUPS) {
      report.problem(
          "process.user.additionalGids",
          "%s groups are more than the %s that Linux takes"
              .formatted(user.additionalGids().size(), MAX_GROUPS));
    }
    for (int i = 0; i < user.additionalGids().size(); i++) {
      id("process.user.additionalGids[%s]".formatted(i), user.additionalGids().get(i), report);
    }
    if (user.umask() != null) {
      report.requireWithin("process.user.umask", user.umask(), 0, MAX_UMASK);
    }
  }

  /** Whoever asks for this id would keep the one that he has, which is root's. */
  private static void id(String path, long id, Report report) {
    if (id == IdRanges.NO_ID) {
      report.problem(path, "%s is not an id".formatted(id));
    }
  }

  private static void numbers(ProcessSpec process, Report report) {
    if (process.oomScoreAdj() != null) {
      report.requireWithin("process.oomScoreAdj", process.oomScoreAdj(), -1000, 1000);
    }
    ProcessSpec.ConsoleSize size = process.consoleSize();
    if (process.terminal() && size != null) { // without a terminal it must be ignored
      report.requireWithin("process.consoleSize.height", size.height(), 0, MAX_TERMINAL_SIDE);
      report.requireWithin("process.consoleSize.width", size.width(), 0, MAX_TERMINAL_SIDE);
    }
    label("process.apparmorProfile", process.apparmorProfile(), report);
    label("process.selinuxLabel", process.selinuxLabel(), report);
  }

  private static void label(String path, @Nullable String label, Report report) {
    if (label != null && label.indexOf('\n') >= 0) {
      report.problem(path, "contains a newline");
    }
  }
}
