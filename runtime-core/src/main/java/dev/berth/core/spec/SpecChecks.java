package dev.berth.core.spec;

import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import dev.berth.spec.Personality;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds a configuration against the specification. Needs neither kernel nor file system: whether
 * the paths exist, and what the kernel can do, is found out later.
 */
public final class SpecChecks {
  private static final List<BiConsumer<Spec, Report>> CHECKS =
      List.of(
          Values::check,
          SpecChecks::version,
          SpecChecks::root,
          SpecChecks::process,
          SpecChecks::hooks,
          SpecChecks::annotations,
          MountChecks::check,
          NamespaceChecks::check,
          NetDeviceChecks::check,
          IntelRdtChecks::check,
          SysctlChecks::check,
          SchedulingChecks::checkMemoryPolicy,
          SpecChecks::personality,
          DeviceChecks::check,
          ResourceChecks::check,
          SeccompChecks::check);

  private static final List<BiConsumer<Spec, Report>> PROCESS_CHECKS =
      List.of(Values::checkProcess, SpecChecks::process, NamespaceChecks::checkProcess);

  private static final List<BiConsumer<Spec, Report>> RESOURCE_CHECKS =
      List.of(
          Values::checkResources,
          DeviceChecks::check,
          ResourceChecks::check,
          IntelRdtChecks::check);

  private static final Pattern SEMVER =
      Pattern.compile(
          "(0|[1-9]\\d{0,8})\\.(0|[1-9]\\d{0,8})\\.(0|[1-9]\\d{0,8})([-+][0-9A-Za-z.+-]+)?");

  private static final int MAJOR = 1;
  private static final int MINOR = 3;

  private SpecChecks() {}

  /** Checks the configuration of a container. */
  public static Findings check(Spec spec) {
    Report report = new Report();
    CHECKS.forEach(check -> check.accept(spec, report));
    return report.findings();
  }

  /** Checks the process alone, of a configuration that was checked with another one. */
  public static Findings checkProcess(Spec spec) {
    Report report = new Report();
    PROCESS_CHECKS.forEach(check -> check.accept(spec, report));
    return report.findings();
  }

  /** Checks the limits alone, of a configuration that was checked with others. */
  public static Findings checkResources(Spec spec) {
    Report report = new Report();
    RESOURCE_CHECKS.forEach(check -> check.accept(spec, report));
    return report.findings();
  }

  private static void version(Spec spec, Report report) {
    Matcher version = SEMVER.matcher(spec.ociVersion());
    if (!version.matches()) {
      report.problem(
          "ociVersion",
          "\"%s\" is not a version such as %s"
              .formatted(spec.ociVersion(), SpecDefaults.OCI_VERSION));
    } else if (Integer.parseInt(version.group(1)) != MAJOR) {
      report.problem("ociVersion", "%s is not a version %s".formatted(spec.ociVersion(), MAJOR));
    } else if (Integer.parseInt(version.group(2)) > MINOR) {
      report.warning(
          "ociVersion",
          "%s is newer than %s; what it added is ignored"
              .formatted(spec.ociVersion(), SpecDefaults.OCI_VERSION));
    }
  }

  private static void root(Spec spec, Report report) {
    Root root = spec.root();
    if (root == null) {
      report.problem("root", "missing");
    } else if (root.path().isEmpty()) {
      report.problem("root.path", "empty");
    }
  }

  private static void process(Spec spec, Report report) {
    ProcessSpec process = spec.process();
    if (process == null) {
      report.problem("process", "missing");
    } else {
      ProcessChecks.check(process, report);
    }
  }

  private static void hooks(Spec spec, Report report) {
    Hooks hooks = spec.hooks();
    hooks("hooks.prestart", hooks.prestart(), report);
    hooks("hooks.createRuntime", hooks.createRuntime(), report);
    hooks("hooks.createContainer", hooks.createContainer(), report);
    hooks("hooks.startContainer", hooks.startContainer(), report);
    hooks("hooks.poststart", hooks.poststart(), report);
    hooks("hooks.poststop", hooks.poststop(), report);
  }

  private static void hooks(String kind, List<Hook> hooks, Report report) {
    for (int i = 0; i < hooks.size(); i++) {
      Hook hook = hooks.get(i);
      String path = "%s[%s]".formatted(kind, i);
      report.requireAbsolute(path + ".path", hook.path());
      ProcessChecks.environment(path + ".env", hook.env(), report);
      if (hook.timeout() != null && hook.timeout() <= 0) {
        report.problem(path + ".timeout", "%s is not greater than 0".formatted(hook.timeout()));
      }
    }
  }

  private static void personality(Spec spec, Report report) {
    Personality personality = spec.linux().personality();
    if (personality != null && !personality.flags().isEmpty()) {
      report.problem("linux.personality.flags", "the specification has none");
    }
  }

  private static void annotations(Spec spec, Report report) {
    if (spec.annotations().containsKey("")) {
      report.problem("annotations[\"\"]", "an empty name");
    }
  }
}
