package dev.berth.core.seccomp;

import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Action;
import dev.berth.spec.Seccomp.Architecture;
import dev.berth.spec.Seccomp.Arg;
import dev.berth.spec.Seccomp.Operator;
import dev.berth.spec.Seccomp.Syscall;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Profiles that nobody would write. */
record RandomProfiles(Random random, List<String> names) {
  private static final List<Long> VALUES =
      List.of(
          0L,
          1L,
          2L,
          3L,
          0x7fL,
          0xffL,
          0x7fff_ffffL,
          0x8000_0000L,
          0xffff_fffeL,
          0xffff_ffffL,
          0x1_0000_0000L,
          0x1_0000_0001L,
          0x7fff_ffff_ffff_ffffL,
          0x8000_0000_0000_0000L,
          -2L,
          -1L);

  private static final List<Action> ACTIONS = List.of(Action.values());
  private static final List<Operator> OPERATORS = List.of(Operator.values());

  /** With whichever rules, for some of the architectures. */
  Seccomp next(List<Architecture> architectures) {
    return profile(
        architectures.stream().filter(_ -> random.nextBoolean()).toList(),
        some(30, () -> rule(some(10, () -> one(names)))));
  }

  /** With several rules for one call, each with a condition on the same argument, a small one. */
  Seccomp contradiction(List<Architecture> architectures) {
    List<String> name = List.of(one(names));
    return profile(
        architectures,
        some(
            4,
            () -> {
              Action action = one(ACTIONS);
              Arg arg = new Arg(1, random.nextLong(8), null, one(comparisons()));
              return new Syscall(name, action, errno(action), List.of(arg));
            }));
  }

  private static List<Operator> comparisons() {
    return Arrays.stream(Operator.values())
        .filter(operator -> operator != Operator.SCMP_CMP_MASKED_EQ)
        .toList();
  }

  private Seccomp profile(List<Architecture> architectures, List<Syscall> rules) {
    Action otherwise =
        one(ACTIONS.stream().filter(action -> action != Action.SCMP_ACT_NOTIFY).toList());
    return new Seccomp(otherwise, errno(otherwise), architectures, List.of(), null, null, rules);
  }

  private Syscall rule(List<String> about) {
    Action action = one(ACTIONS);
    return new Syscall(
        about, action, errno(action), random.nextBoolean() ? List.of() : some(3, this::arg));
  }

  private Arg arg() {
    return new Arg(random.nextInt(6), one(VALUES), one(VALUES), one(OPERATORS));
  }

  private @Nullable Long errno(Action action) {
    boolean has = action == Action.SCMP_ACT_ERRNO || action == Action.SCMP_ACT_TRACE;
    return has && random.nextBoolean() ? random.nextLong(200) : null;
  }

  private <T> T one(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private <T> List<T> some(int most, Supplier<T> one) {
    return Stream.generate(one).limit(1 + random.nextInt(most)).toList();
  }
}
