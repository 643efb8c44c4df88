package dev.berth.core.seccomp;

import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Architecture;
import dev.berth.spec.Seccomp.Arg;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a profile says about a call, read word by word. */
record Meaning(Seccomp profile, Set<Architecture> filtered) {

  /**
   * The verdicts that the profile allows for a call: one, unless it says two things about it.
   *
   * @param number within those of {@code architecture}
   */
  Set<Integer> of(Architecture architecture, long number, long... arguments) {
    int otherwise = Verdict.of(profile.defaultAction(), profile.defaultErrnoRet());
    if (!filtered.contains(architecture)) {
      // A tracer's -1 is none of x32's.
      return Set.of(number == -1 ? otherwise : Verdict.KILL_THREAD);
    }
    Abi abi = Abi.of(architecture);
    Set<Integer> verdicts = new HashSet<>();
    for (Seccomp.Syscall rule : profile.syscalls()) {
      int verdict = Verdict.of(rule.action(), rule.errnoRet());
      if (verdict == otherwise) {
        continue;
      }
      for (String name : rule.names()) {
        for (List<Arg> conditions : alternatives(rule.args())) {
          if (isAbout(abi, name, number) && hold(conditions, 0, arguments, abi)) {
            if (conditions.stream().allMatch(each -> isAlways(each, abi))) {
              return Set.of(verdict);
            }
            verdicts.add(verdict);
          }
          if (isAboutMultiplexer(abi, name, number, arguments[0])
              && hold(conditions, 1, arguments, abi)) {
            verdicts.add(verdict);
          }
        }
      }
    }
    return verdicts.isEmpty() ? Set.of(otherwise) : verdicts;
  }

  private static List<List<Arg>> alternatives(List<Arg> args) {
    boolean repeats = args.stream().map(Arg::index).distinct().count() < args.size();
    return repeats ? args.stream().map(List::of).toList() : List.of(args);
  }

  private static boolean isAbout(Abi abi, String name, long number) {
    return SyscallTable.named(abi.table()).number(name).orElse(-2) == number;
  }

  private static boolean isAboutMultiplexer(Abi abi, String name, long number, long selector) {
    return Multiplexers.of(abi, name)
        .filter(call -> call.number() == number && call.selector() == word(selector, abi))
        .isPresent();
  }

  /** Of those on arguments from {@code first} on. */
  private static boolean hold(List<Arg> conditions, int first, long[] arguments, Abi abi) {
    return conditions.stream()
        .filter(arg -> arg.index() >= first)
        .allMatch(arg -> holds(arg, arguments[(int) arg.index()], abi));
  }

  private static boolean holds(Arg arg, long argument, Abi abi) {
    int comparison = Long.compareUnsigned(word(argument, abi), word(arg.value(), abi));
    return switch (arg.op()) {
      case SCMP_CMP_NE -> comparison != 0;
      case SCMP_CMP_EQ -> comparison == 0;
      case SCMP_CMP_LT -> comparison < 0;
      case SCMP_CMP_LE -> comparison <= 0;
      case SCMP_CMP_GT -> comparison > 0;
      case SCMP_CMP_GE -> comparison >= 0;
      case SCMP_CMP_MASKED_EQ -> {
        long two = arg.valueTwo() == null ? 0 : arg.valueTwo();
        yield word((argument ^ two) & arg.value(), abi) == 0;
      }
    };
  }

  private static boolean isAlways(Arg arg, Abi abi) {
    return arg.op() == Seccomp.Operator.SCMP_CMP_MASKED_EQ && word(arg.value(), abi) == 0;
  }

  private static long word(long bits, Abi abi) {
    return abi.wide() ? bits : bits & 0xffff_ffffL;
  }
}
