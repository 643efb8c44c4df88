package dev.berth.core.spec;

import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Action;
import dev.berth.spec.Spec;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks {@code linux.seccomp} (config-linux.md, "Seccomp"). */
final class SeccompChecks {
  private static final Set<Action> WITH_ERRNO =
      EnumSet.of(Action.SCMP_ACT_ERRNO, Action.SCMP_ACT_TRACE);

  private static final long MAX_ERRNO = 4095; // <linux/err.h>; the kernel cuts off what is more
  private static final long MAX_TRACE_DATA = 65_535;

  private static final String PATH = "linux.seccomp.";

  private SeccompChecks() {}

  static void check(Spec spec, Report report) {
    Seccomp seccomp = spec.linux().seccomp();
    if (seccomp == null) {
      return;
    }
    errno(PATH + "defaultErrnoRet", seccomp.defaultErrnoRet(), seccomp.defaultAction(), report);
    if (seccomp.listenerMetadata() != null && seccomp.listenerPath() == null) {
      report.problem(PATH + "listenerMetadata", "needs a listenerPath");
    }
    if (seccomp.listenerPath() != null) {
      report.requireAbsolute(PATH + "listenerPath", seccomp.listenerPath());
    }
    if (seccomp.listenerPath() != null && !seccomp.notifies()) {
      report.warning(PATH + "listenerPath", "no rule has SCMP_ACT_NOTIFY; ignored");
    }
    if (seccomp.defaultAction() == Action.SCMP_ACT_NOTIFY) {
      report.problem(
          PATH + "defaultAction", "SCMP_ACT_NOTIFY would stop the runtime, too: it is for rules");
    }
    flags(seccomp, report);
    List<Seccomp.Syscall> rules = seccomp.syscalls();
    for (int i = 0; i < rules.size(); i++) {
      String path = PATH + "syscalls[" + i + "].";
      rule(path, rules.get(i), report);
      if (rules.get(i).action() == Action.SCMP_ACT_NOTIFY) {
        notification(path, rules.get(i), seccomp.listenerPath(), report);
      }
    }
  }

  private static void flags(Seccomp seccomp, Report report) {
    List<Seccomp.Flag> flags = Objects.requireNonNullElse(seccomp.flags(), List.of());
    int index = flags.indexOf(Seccomp.Flag.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
    if (index >= 0 && !seccomp.notifies()) {
      report.problem(
          PATH + "flags[" + index + "]",
          "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a rule with SCMP_ACT_NOTIFY");
    }
  }

  /** By write(2), the stub says that there is something to listen to. */
  private static void notification(
      String path, Seccomp.Syscall rule, @Nullable String listenerPath, Report report) {
    if (listenerPath == null) {
      report.problem(path + "action", "SCMP_ACT_NOTIFY needs a listenerPath");
    }
    int index = rule.names().indexOf("write");
    if (index >= 0) {
      report.problem(
          path + "names[" + index + "]", "SCMP_ACT_NOTIFY for write would stop the runtime, too");
    }
  }

  private static void rule(String path, Seccomp.Syscall rule, Report report) {
    if (rule.names().isEmpty()) {
      report.problem(path + "names", "empty");
    }
    errno(path + "errnoRet", rule.errnoRet(), rule.action(), report);
    for (int i = 0; i < rule.args().size(); i++) {
      report.requireWithin(path + "args[" + i + "].index", rule.args().get(i).index(), 0, 5);
    }
  }

  private static void errno(String path, @Nullable Long errno, Action action, Report report) {
    if (errno != null && !WITH_ERRNO.contains(action)) {
      report.problem(path, "%s takes no errno".formatted(action));
    } else if (errno != null) {
      long greatest = action == Action.SCMP_ACT_ERRNO ? MAX_ERRNO : MAX_TRACE_DATA;
      report.requireWithin(path, errno, 0, greatest);
    }
  }
}
