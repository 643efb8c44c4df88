package dev.berth.core.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.core.spec.SpecReader;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Action;
import dev.berth.spec.Seccomp.Architecture;
import dev.berth.spec.Seccomp.Arg;
import dev.berth.spec.Seccomp.Operator;
import dev.berth.spec.Seccomp.Syscall;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SeccompCompilerTest {
  private static final Architecture X86_64 = Architecture.SCMP_ARCH_X86_64;
  private static final Architecture X86 = Architecture.SCMP_ARCH_X86;
  private static final Architecture X32 = Architecture.SCMP_ARCH_X32;

  private static final int EPERM = Verdict.ERRNO | 1;
  private static final int READ = 0;
  private static final int GETPID = 39;
  private static final int PERSONALITY = 135;
  private static final int CLONE3 = 435;

  @Test
  void lets_pass_what_is_allowed_and_nothing_else() {
    Seccomp profile = denying(rule(Action.SCMP_ACT_ALLOW, "getpid", "clone3"));

    assertThat(verdict(profile, X86_64, GETPID)).isEqualTo(Verdict.ALLOW);
    assertThat(verdict(profile, X86_64, READ)).isEqualTo(EPERM);
  }

  @Test
  void calls_newer_than_the_profile_are_not_implemented() {
    Seccomp profile =
        denying(rule(Action.SCMP_ACT_ALLOW, "getpid"), rule(Action.SCMP_ACT_ERRNO, "clone3"));

    assertThat(verdict(profile, X86_64, CLONE3)).isEqualTo(EPERM);
    assertThat(verdict(profile, X86_64, CLONE3 + 1)).isEqualTo(Verdict.NOT_IMPLEMENTED);
    assertThat(verdict(profile, X86_64, Abi.X32_BIT - 1)).isEqualTo(Verdict.NOT_IMPLEMENTED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Action.class,
      names = {"SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE"})
  void they_are_what_the_default_lets_pass(Action lenient) {
    Seccomp profile = profile(lenient, List.of(), rule(Action.SCMP_ACT_ERRNO, "getpid"));

    assertThat(verdict(profile, X86_64, CLONE3)).isEqualTo(Verdict.of(lenient, null));
  }

  @Test
  void what_arm_alone_has_says_nothing_about_the_age_of_a_profile() {
    Seccomp profile = denying(rule(Action.SCMP_ACT_ALLOW, "getpid", "set_tls"));
    Architecture arm = Architecture.SCMP_ARCH_ARM;

    assertThat(verdict(profile, arm, 0xf0005)).isEqualTo(Verdict.ALLOW);
    assertThat(verdict(profile, arm, CLONE3)).isEqualTo(Verdict.NOT_IMPLEMENTED);
  }

  @Test
  void kills_what_comes_by_an_entry_that_is_not_listed() {
    Seccomp profile = profile(Action.SCMP_ACT_ALLOW, List.of(X86_64));

    assertThat(verdict(profile, X86_64, X86, GETPID)).isEqualTo(Verdict.KILL_THREAD);
    assertThat(verdict(profile, X86_64, X86_64, Abi.X32_BIT + GETPID))
        .isEqualTo(Verdict.KILL_THREAD);
    // A tracer's way to skip a call.
    assertThat(verdict(profile, X86_64, X86_64, -1)).isEqualTo(Verdict.ALLOW);
  }

  @Test
  void each_entry_has_numbers_of_its_own() {
    Seccomp profile =
        profile(Action.SCMP_ACT_ALLOW, List.of(X86, X32), rule(Action.SCMP_ACT_TRAP, "getpid"));

    assertThat(verdict(profile, X86_64, X86_64, GETPID)).isEqualTo(Verdict.TRAP);
    assertThat(verdict(profile, X86_64, X86, GETPID)).isEqualTo(Verdict.ALLOW);
    assertThat(verdict(profile, X86_64, X86, 20)).isEqualTo(Verdict.TRAP);
    assertThat(verdict(profile, X86_64, X86_64, Abi.X32_BIT + GETPID)).isEqualTo(Verdict.TRAP);
  }

  @Test
  void a_rule_for_a_socket_holds_for_both_ways_to_make_one() {
    Seccomp profile = denying(rule(Action.SCMP_ACT_ALLOW, "socket"));

    assertThat(verdict(profile, X86, 359)).isEqualTo(Verdict.ALLOW);
    assertThat(verdict(profile, X86, 102, 1)).isEqualTo(Verdict.ALLOW);
    assertThat(verdict(profile, X86, 102, 2)).isEqualTo(EPERM);
  }

  @Test
  void knows_all_actions() {
    assertThat(Stream.of(Action.values()).map(action -> Verdict.of(action, null)))
        .containsExactly(
            0,
            0x8000_0000,
            0,
            0x0003_0000,
            0x0005_0001,
            0x7ff0_0001,
            0x7fff_0000,
            0x7ffc_0000,
            0x7fc0_0000);
    assertThat(Verdict.of(Action.SCMP_ACT_ERRNO, 38L)).isEqualTo(0x0005_0026);
    assertThat(Verdict.of(Action.SCMP_ACT_TRACE, 7L)).isEqualTo(0x7ff0_0007);
  }

  @Test
  void several_conditions_on_one_argument_are_rules_of_their_own() {
    Seccomp profile =
        denying(
            conditional("personality", equal(0, 0), equal(0, 8)),
            conditional("kcmp", equal(0, 1), equal(1, 2)));

    assertThat(verdict(profile, X86_64, PERSONALITY, 8)).isEqualTo(Verdict.ALLOW);
    assertThat(verdict(profile, X86_64, PERSONALITY, 0)).isEqualTo(Verdict.ALLOW);
    assertThat(verdict(profile, X86_64, PERSONALITY, 1)).isEqualTo(EPERM);
    assertThat(verdict(profile, X86_64, 312, 1, 2)).isEqualTo(Verdict.ALLOW);
    assertThat(verdict(profile, X86_64, 312, 1, 1)).isEqualTo(EPERM);
  }

  /** Big-endian ones and those of 32 bits among them. */
  @ParameterizedTest
  @EnumSource(Architecture.class)
  void says_what_the_profile_says(Architecture machine) {
    Random random = new Random(43);
    Abi abi = Abi.of(machine);
    List<String> names = SyscallTable.named(abi.table()).names().stream().sorted().toList();
    RandomProfiles profiles = new RandomProfiles(random, names);
    for (int i = 0; i < 20; i++) {
      Seccomp profile = profiles.next(List.of());
      assertThat(
              new Comparison(profile, machine, random).mistakes(compile(profile, machine), machine))
          .as("profile %d: %s", i, profile)
          .isEmpty();
    }
  }

  @Test
  void jumps_as_far_as_it_takes() {
    List<Syscall> rules = new ArrayList<>();
    for (int value = 0; value < 800; value++) {
      rules.add(conditional("personality", equal(0, 3L * value)));
    }
    Seccomp profile = denying(rules.toArray(Syscall[]::new));

    for (int value = 0; value < 2400; value++) {
      assertThat(verdict(profile, X86_64, PERSONALITY, value))
          .isEqualTo(value % 3 == 0 ? Verdict.ALLOW : EPERM);
    }
    assertThat(verdict(profile, X86_64, READ)).isEqualTo(EPERM);
    assertThat(verdict(profile, X86_64, X86, READ)).isEqualTo(Verdict.KILL_THREAD);
  }

  @Test
  void refuses_what_is_too_long_for_the_kernel() {
    List<Syscall> rules = new ArrayList<>();
    for (int value = 0; value < 1100; value++) {
      rules.add(conditional("personality", equal(0, value)));
    }
    Seccomp profile = denying(rules.toArray(Syscall[]::new));

    assertThatThrownBy(() -> SeccompCompiler.compile(profile, X86_64))
        .isInstanceOf(InvalidSpecException.class)
        .hasMessageMatching(
            "config.json: linux.seccomp: makes a filter of \\d+ instructions, and the kernel takes"
                + " 4096; fewer rules or architectures make it shorter");
  }

  @Test
  void warns_of_names_that_nobody_knows() {
    Seccomp profile =
        denying(
            rule(Action.SCMP_ACT_ALLOW, "getpid", "raed"),
            rule(Action.SCMP_ACT_ALLOW, "breakpoint", "waitpid"));

    assertThat(SeccompCompiler.warnings(profile, X86_64))
        .containsExactly(
            new Problem("linux.seccomp.syscalls[0].names[1]", "\"raed\" is unknown and left out"));
  }

  static List<Path> corpus() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/corpus"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void knows_every_name_that_engines_have(Path file) throws IOException {
    Seccomp profile =
        SpecReader.read(Files.readAllBytes(file), Spec.class)
            .orThrow(AssertionError::new)
            .linux()
            .seccomp();
    if (profile != null) {
      assertThat(SeccompCompiler.warnings(profile, X86_64)).isEmpty();
      assertThat(compile(profile, X86_64)).hasSizeLessThan(1000);
    }
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void knows_the_newest_calls_of_all_architectures(Architecture architecture) {
    SyscallTable table = SyscallTable.named(Abi.of(architecture).table());
    long first = table.number("clone3").orElse(0) - CLONE3;
    // SuperH has no clone3.
    long base = first < 0 ? 0 : first;

    assertThat(table.number("mseal")).hasValue(base + 462);
    assertThat(table.number("setxattrat")).hasValue(base + 463);
    assertThat(table.number("open_tree_attr")).hasValue(base + 467);
    assertThat(table.number("file_getattr")).hasValue(base + 468);
  }

  @Test
  void a_profile_is_compiled_once() {
    Seccomp profile = denying(rule(Action.SCMP_ACT_ALLOW, "getpid"));
    Seccomp equal = denying(rule(Action.SCMP_ACT_ALLOW, "getpid"));

    assertThat(SeccompCompiler.compile(equal, X86_64))
        .isSameAs(SeccompCompiler.compile(profile, X86_64));
    assertThat(SeccompCompiler.compile(profile, Architecture.SCMP_ARCH_AARCH64))
        .isNotEqualTo(SeccompCompiler.compile(profile, X86_64));
  }

  private static int verdict(Seccomp profile, Architecture machine, long number, long... first) {
    return verdict(profile, machine, machine, number, first);
  }

  private static int verdict(
      Seccomp profile, Architecture machine, Architecture caller, long number, long... first) {
    long[] arguments = new long[6];
    System.arraycopy(first, 0, arguments, 0, first.length);
    Abi abi = Abi.of(caller);
    return BpfMachine.run(
        compile(profile, machine), BpfMachine.call(abi.audit(), abi.order(), number, arguments));
  }

  private static long[] compile(Seccomp profile, Architecture machine) {
    return SeccompCompiler.compile(profile, machine).instructions().toArray();
  }

  private static Seccomp denying(Syscall... rules) {
    return profile(Action.SCMP_ACT_ERRNO, List.of(), rules);
  }

  private static Seccomp profile(
      Action otherwise, List<Architecture> architectures, Syscall... rules) {
    return new Seccomp(otherwise, null, architectures, List.of(), null, null, List.of(rules));
  }

  private static Syscall rule(Action action, String... names) {
    return new Syscall(List.of(names), action, null, List.of());
  }

  private static Syscall conditional(String name, Arg... args) {
    return new Syscall(List.of(name), Action.SCMP_ACT_ALLOW, null, List.of(args));
  }

  private static Arg equal(int index, long value) {
    return new Arg(index, value, null, Operator.SCMP_CMP_EQ);
  }
}
