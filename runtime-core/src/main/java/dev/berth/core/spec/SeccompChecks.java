package dev.berth.core.spec;

import dev.berth.spec.Seccomp;
import dev.berth.spec.Spec;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks {@code linux.seccomp} (config-linux.md, "Seccomp"). */
final class SeccompChecks {
  private static final Set<Seccomp.Action> WITH_ERRNO =
      EnumSet.of(Seccomp.Action.SCMP_ACT_ERRNO, Seccomp.Action.SCMP_ACT_TRACE);

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
    List<Seccomp.Syscall> rules = seccomp.syscalls();
    for (int i = 0; i < rules.size(); i++) {
      rule(PATH + "syscalls[" + i + "].", rules.get(i), report);
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

  private static void errno(
      String path, @Nullable Long errno, Seccomp.Action action, Report report) {
    if (errno != null && !WITH_ERRNO.contains(action)) {
      report.problem(path, "%s takes no errno".formatted(action));
    }
  }
}
