package dev.berth.core.seccomp;

import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.core.seccomp.FilterCompiler.Run;
import dev.berth.core.seccomp.FilterCompiler.Section;
import dev.berth.core.spec.Problems;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Architecture;
import dev.berth.spi.Printable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Compiles {@code linux.seccomp} to the filter that runc makes of it with libseccomp, to which a
 * test compares it: the same verdict for every call.
 *
 * <ul>
 *   <li>A call of an architecture that is neither the machine's nor listed kills the thread. So
 *       does one of x32 on x86-64, unless x32 is listed.
 *   <li>Conditions on different arguments of a rule must all hold. If there are two on one
 *       argument, each condition of the rule is a rule of its own.
 *   <li>A rule without conditions decides alone, wherever it stands; a rule that does what the
 *       default does is left out.
 *   <li>Calls that are newer than all that the profile names fail with ENOSYS, unless the default
 *       is to let them pass: who wrote the profile did not know them, and programs have another way
 *       for kernels without them, but none for EPERM.
 * </ul>
 */
public final class SeccompCompiler {
  private static final long LAST_NUMBER = 0xffff_ffffL;

  /** Arm has calls of its own, numbered far from the others: they say nothing about the kernel. */
  private static final long COMMON_NUMBERS = 0x1_0000;

  private static final Set<Seccomp.Action> PERMISSIVE =
      EnumSet.of(
          Seccomp.Action.SCMP_ACT_ALLOW,
          Seccomp.Action.SCMP_ACT_LOG,
          Seccomp.Action.SCMP_ACT_TRACE);

  private final Seccomp profile;
  private final int otherwise;

  private SeccompCompiler(Seccomp profile) {
    this.profile = profile;
    this.otherwise = Verdict.of(profile.defaultAction(), profile.defaultErrnoRet());
  }

  /**
   * Compiles a profile, or finds what came of it before.
   *
   * @param machine the one that the filter is for
   * @throws InvalidSpecException if the filter is longer than the kernel takes
   */
  public static Filter compile(Seccomp profile, Architecture machine) {
    return FilterCache.get(profile, machine, () -> compileNow(profile, machine));
  }

  static Filter compileNow(Seccomp profile, Architecture machine) {
    Filter filter =
        FilterCompiler.compile(new SeccompCompiler(profile).sections(machine), Verdict.KILL_THREAD);
    if (filter.size() > Filter.MAX_INSTRUCTIONS) {
      throw new InvalidSpecException(
          "config.json",
          List.of(
              new Problem(
                  "linux.seccomp",
                  "makes a filter of %s instructions, and the kernel takes %s; fewer rules or"
                          .formatted(filter.size(), Filter.MAX_INSTRUCTIONS)
                      + " architectures make it shorter")));
    }
    return filter;
  }

  /** The names in a profile that no system call of any architecture has. */
  public static List<Problem> warnings(Seccomp profile, Architecture machine) {
    SyscallTable table = SyscallTable.named(Abi.of(machine).table());
    Problems warnings = new Problems();
    for (int i = 0; i < profile.syscalls().size(); i++) {
      List<String> names = profile.syscalls().get(i).names();
      for (int j = 0; j < names.size(); j++) {
        if (!table.knows(names.get(j))) {
          warnings.add(
              "linux.seccomp.syscalls[%s].names[%s]".formatted(i, j),
              "\"%s\" is unknown and left out".formatted(Printable.value(names.get(j))));
        }
      }
    }
    return warnings.list();
  }

  private List<Section> sections(Architecture machine) {
    Set<Architecture> architectures = new LinkedHashSet<>(List.of(machine));
    architectures.addAll(profile.architectures());
    Map<Integer, List<Abi>> byAudit = new LinkedHashMap<>();
    for (Architecture architecture : architectures) {
      Abi abi = Abi.of(architecture);
      byAudit.computeIfAbsent(abi.audit(), _ -> new ArrayList<>()).add(abi);
    }
    return byAudit.values().stream().map(this::section).toList();
  }

  private Section section(List<Abi> abis) {
    Decisions decisions = new Decisions(Decision.always(Verdict.KILL_THREAD));
    for (Abi abi : abis) {
      decide(abi, decisions);
    }
    if (abis.stream().noneMatch(abi -> abi.lastNumber() == LAST_NUMBER)) {
      // A tracer makes it -1 to skip a call, seccomp(2): no call of x32.
      decisions.put(LAST_NUMBER, Decision.always(otherwise));
    }
    return new Section(abis.getFirst().audit(), runs(abis, decisions));
  }

  private static List<Run> runs(List<Abi> abis, Decisions decisions) {
    List<Run> runs = new ArrayList<>();
    decisions
        .runs()
        .forEach((first, decision) -> runs.add(new Run(first, decision, abi(abis, first))));
    return runs;
  }

  private static Abi abi(List<Abi> abis, long number) {
    return abis.stream()
        .filter(abi -> abi.firstNumber() <= number && number <= abi.lastNumber())
        .findFirst()
        .orElse(abis.getFirst());
  }

  private void decide(Abi abi, Decisions decisions) {
    decisions.put(abi.firstNumber(), abi.lastNumber(), Decision.always(otherwise));
    if (!PERMISSIVE.contains(profile.defaultAction())) {
      newest(abi)
          .ifPresent(number ->
              decisions.put(
                  number + 1, abi.lastNumber(), Decision.always(Verdict.NOT_IMPLEMENTED)));
    }
    rules(abi).forEach((number, rules) -> decisions.put(number, Decision.of(rules, otherwise)));
  }

  /** The last number of a call that the profile names, be it with whatever action. */
  private OptionalLong newest(Abi abi) {
    SyscallTable table = SyscallTable.named(abi.table());
    return profile.syscalls().stream()
        .flatMap(rule -> rule.names().stream())
        .map(table::number)
        .flatMapToLong(OptionalLong::stream)
        .filter(number -> number - abi.firstNumber() < COMMON_NUMBERS)
        .max();
  }

  private Map<Long, List<Rule>> rules(Abi abi) {
    SyscallTable table = SyscallTable.named(abi.table());
    Map<Long, List<Rule>> rules = new LinkedHashMap<>();
    for (Seccomp.Syscall syscall : profile.syscalls()) {
      int verdict = Verdict.of(syscall.action(), syscall.errnoRet());
      if (verdict == otherwise) {
        continue;
      }
      List<List<Condition>> alternatives = alternatives(syscall.args(), abi);
      for (String name : syscall.names()) {
        for (List<Condition> conditions : alternatives) {
          table.number(name).ifPresent(number -> add(rules, number, new Rule(conditions, verdict)));
          Multiplexers.of(abi, name)
              .ifPresent(call ->
                  add(rules, call.number(), new Rule(call.restrict(conditions, abi), verdict)));
        }
      }
    }
    return rules;
  }

  private static void add(Map<Long, List<Rule>> rules, long number, Rule rule) {
    rules.computeIfAbsent(number, _ -> new ArrayList<>()).add(rule);
  }

  /** Of which one must hold, with all that is in it. */
  private static List<List<Condition>> alternatives(List<Seccomp.Arg> args, Abi abi) {
    List<Condition> conditions = args.stream().map(arg -> Condition.of(arg, abi.wide())).toList();
    long arguments = conditions.stream().map(Condition::index).distinct().count();
    return arguments == conditions.size()
        ? List.of(conditions)
        : conditions.stream().map(List::of).toList();
  }
}
