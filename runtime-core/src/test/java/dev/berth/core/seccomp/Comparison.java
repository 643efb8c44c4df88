package dev.berth.core.seccomp;

import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Architecture;
import dev.berth.spec.Seccomp.Arg;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;

/** Of what two filters of one profile say. */
final class Comparison {
  private static final int LAST_NUMBER = 600;
  private static final int SAMPLES = 40;

  private static final List<Architecture> ARCHITECTURES =
      List.of(
          Architecture.SCMP_ARCH_X86_64,
          Architecture.SCMP_ARCH_X32,
          Architecture.SCMP_ARCH_X86,
          Architecture.SCMP_ARCH_AARCH64,
          Architecture.SCMP_ARCH_ARM,
          Architecture.SCMP_ARCH_RISCV64);

  private final Seccomp profile;
  private final Set<Architecture> filtered;
  private final Random random;
  private final Map<Architecture, Long> newest = new EnumMap<>(Architecture.class);

  Comparison(Seccomp profile, Architecture machine, Random random) {
    this.profile = profile;
    this.filtered = EnumSet.of(machine);
    this.filtered.addAll(profile.architectures());
    this.random = random;
  }

  /**
   * A call that two filters judge differently.
   *
   * @param allowed what the profile says about it
   */
  record Difference(String call, int expected, int actual, Set<Integer> allowed) {
    @Override
    public String toString() {
      return "%s: %08x, not %08x".formatted(call, actual, expected);
    }

    /** Whether the profile says something else than the filter that is compared with. */
    boolean isTheirMistake() {
      return allowed.equals(Set.of(actual));
    }

    /** Whether the profile says two things, and each filter follows one. */
    boolean isChoice() {
      return allowed.contains(actual) && allowed.contains(expected);
    }
  }

  /** Asks both about all numbers, with arguments around those of the conditions. */
  List<Difference> differences(long[] expected, long[] actual) {
    List<Difference> differences = new ArrayList<>();
    Meaning meaning = new Meaning(profile, filtered);
    for (Architecture architecture : ARCHITECTURES) {
      Abi abi = Abi.of(architecture);
      Map<Long, List<Arg>> conditions = conditions(abi);
      for (long number : numbers(abi)) {
        List<Arg> around = conditions.getOrDefault(number, List.of());
        long[] arguments = new long[6];
        for (int i = 0; i < (around.isEmpty() ? 2 : SAMPLES); i++) {
          ByteBuffer call = BpfMachine.call(abi.audit(), abi.order(), number, arguments);
          int theirs = patched(architecture, number, BpfMachine.run(expected, call));
          int ours = BpfMachine.run(actual, call);
          if (ours != theirs) {
            differences.add(
                new Difference(
                    "%s %d %s".formatted(architecture, number, hex(arguments)),
                    theirs,
                    ours,
                    meaning.of(architecture, number, arguments)));
          }
          arguments = arguments(around);
        }
      }
    }
    return differences;
  }

  /**
   * Asks one about all numbers that {@code architecture} has, and finds what the profile does not
   * say.
   */
  List<String> mistakes(long[] filter, Architecture architecture) {
    List<String> mistakes = new ArrayList<>();
    Meaning meaning = new Meaning(profile, filtered);
    Abi abi = Abi.of(architecture);
    Map<Long, List<Arg>> conditions = conditions(abi);
    for (long number : numbers(abi)) {
      long[] arguments = new long[6];
      List<Arg> around = conditions.getOrDefault(number, List.of());
      for (int i = 0; i < SAMPLES; i++) {
        int verdict =
            BpfMachine.run(filter, BpfMachine.call(abi.audit(), abi.order(), number, arguments));
        Set<Integer> allowed = meaning.of(architecture, number, arguments);
        if (allowed.stream().noneMatch(each -> patched(architecture, number, each) == verdict)) {
          mistakes.add("%s %d %s: %08x".formatted(architecture, number, hex(arguments), verdict));
        }
        arguments = arguments(around);
      }
    }
    return mistakes;
  }

  private static long[] numbers(Abi abi) {
    SyscallTable table = SyscallTable.named(abi.table());
    long first =
        table.names().stream()
            .mapToLong(name -> table.number(name).orElseThrow())
            .min()
            .orElseThrow();
    return LongStream.concat(LongStream.of(-1), LongStream.rangeClosed(first, first + LAST_NUMBER))
        .toArray();
  }

  private Map<Long, List<Arg>> conditions(Abi abi) {
    Map<Long, List<Arg>> conditions = new HashMap<>();
    for (Seccomp.Syscall rule : profile.syscalls()) {
      for (String name : rule.names()) {
        SyscallTable.named(abi.table())
            .number(name)
            .ifPresent(number -> add(conditions, number, rule.args()));
        Multiplexers.of(abi, name)
            .ifPresent(call -> {
              add(conditions, call.number(), rule.args());
              Arg selector = new Arg(0, call.selector(), null, Seccomp.Operator.SCMP_CMP_EQ);
              add(conditions, call.number(), List.of(selector));
            });
      }
    }
    return conditions;
  }

  private static void add(Map<Long, List<Arg>> conditions, long number, List<Arg> args) {
    conditions.computeIfAbsent(number, _ -> new ArrayList<>()).addAll(args);
  }

  private long[] arguments(List<Arg> around) {
    long[] arguments = random.longs(6).toArray();
    for (Arg arg : around) {
      long other = Objects.requireNonNullElse(arg.valueTwo(), arg.value());
      long value = random.nextBoolean() ? arg.value() : other;
      if (random.nextInt(3) > 0) {
        arguments[(int) arg.index()] =
            switch (random.nextInt(8)) {
              case 0 -> value - 1;
              case 1 -> value + 1;
              case 2 -> value ^ 1L << random.nextInt(64);
              case 3 -> value & 0xffff_ffffL;
              case 4 -> value + (1L << 32);
              default -> value;
            };
      }
    }
    return arguments;
  }

  /** What runc puts before libseccomp's program: calls that are newer than all in the profile. */
  private int patched(Architecture architecture, long number, int verdict) {
    boolean denies =
        switch (profile.defaultAction()) {
          case SCMP_ACT_ALLOW, SCMP_ACT_LOG, SCMP_ACT_TRACE -> false;
          default -> true;
        };
    // A number of -1 has the bit of x32.
    Architecture called =
        architecture == Architecture.SCMP_ARCH_X86_64 && number == -1
            ? Architecture.SCMP_ARCH_X32
            : architecture;
    boolean newer = filtered.contains(called) && Long.compareUnsigned(number, newest(called)) > 0;
    return denies && newer ? Verdict.NOT_IMPLEMENTED : verdict;
  }

  private long newest(Architecture architecture) {
    Abi abi = Abi.of(architecture);
    return newest.computeIfAbsent(
        architecture,
        _ ->
            profile.syscalls().stream()
                .flatMap(rule -> rule.names().stream())
                .mapToLong(name -> SyscallTable.named(abi.table()).number(name).orElse(-1))
                // Arm's own calls, which come long after all others.
                .filter(number -> number - abi.firstNumber() < 0xf_0000)
                .max()
                .orElse(-1));
  }

  private static String hex(long[] arguments) {
    StringBuilder text = new StringBuilder();
    for (long argument : arguments) {
      text.append("%x ".formatted(argument));
    }
    return text.toString().strip();
  }
}
