package dev.berth.core.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.core.seccomp.Comparison.Difference;
import dev.berth.core.spec.SpecReader;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Architecture;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * T-43: that a filter says what the one says that runc makes of the same profile, with libseccomp.
 *
 * <p>Names that the library does not know on an architecture, or not yet, are left out of profiles.
 */
class LibseccompIT {
  /**
   * Another one is for {@code -Dseed}. Not a new one each time: libseccomp 2.5 does not come back
   * from some profiles.
   */
  private static final long SEED = Long.getLong("seed", 43);

  private static final int PROFILES = 150;

  /** Where the library's table departs from the kernel's. */
  private static final Set<String> MISSING_THERE =
      Set.of(
          "SCMP_ARCH_X32 map_shadow_stack",
          "SCMP_ARCH_ARM sync_file_range2",
          "SCMP_ARCH_PARISC64 _llseek");

  private static Libseccomp libseccomp;

  @BeforeAll
  static void open() {
    assumeTrue(Libseccomp.isThere(), "there is no libseccomp to compare with");
    libseccomp = new Libseccomp();
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      mode = EnumSource.Mode.EXCLUDE,
      // Those that version 2.5 does not know yet.
      names = {"SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K", "SCMP_ARCH_SH", "SCMP_ARCH_SHEB"})
  void calls_have_the_same_numbers(Architecture architecture) {
    List<String> others =
        allNames().stream()
            .filter(libseccomp::knows)
            .filter(name -> !isSame(architecture, name))
            .map(name -> architecture + " " + name)
            .toList();

    assertThat(MISSING_THERE).containsAll(others);
  }

  @Test
  void filters_of_engines_say_the_same() throws IOException {
    for (Map.Entry<Seccomp, Path> each : profilesOfEngines().entrySet()) {
      Seccomp profile = known(each.getKey(), Architecture.SCMP_ARCH_X86_64);
      Set<Integer> refused = new TreeSet<>();
      long[] theirs = libseccomp.compile(profile, Architecture.SCMP_ARCH_X86_64, refused);

      assertThat(refused).isEmpty();
      assertThat(differences(profile, Architecture.SCMP_ARCH_X86_64, theirs, new Random(SEED)))
          .as(each.getValue().toString())
          .isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      names = {"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64", "SCMP_ARCH_RISCV64"})
  void filters_of_random_profiles_say_the_same(Architecture machine) throws IOException {
    System.out.println("random profiles for " + machine + ": -Dseed=" + SEED);
    Random random = new Random(SEED);
    RandomProfiles profiles = new RandomProfiles(random, sameNames(machine));
    for (int i = 0; i < PROFILES; i++) {
      Seccomp profile = accepted(profiles.next(others(machine)), machine);
      long[] theirs = libseccomp.compile(profile, machine, new TreeSet<>());

      // Where comparisons of 64 bits meet, the library does what is in no rule.
      assertThat(differences(profile, machine, theirs, random))
          .as("profile %d: %s", i, profile)
          .allMatch(each -> each.isTheirMistake() || each.isChoice());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      names = {"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64", "SCMP_ARCH_RISCV64"})
  void of_two_rules_that_both_hold_the_same_one_counts(Architecture machine) throws IOException {
    Random random = new Random(SEED);
    RandomProfiles profiles = new RandomProfiles(random, sameNames(machine));
    List<Difference> differences = new ArrayList<>();
    int different = 0;
    for (int i = 0; i < PROFILES; i++) {
      Seccomp profile = accepted(profiles.contradiction(others(machine)), machine);
      long[] theirs = libseccomp.compile(profile, machine, new TreeSet<>());
      List<Difference> ofProfile = differences(profile, machine, theirs, random);
      differences.addAll(ofProfile);
      different += ofProfile.isEmpty() ? 0 : 1;
    }

    // The library has an order for halves of arguments, and not always one for the whole of them.
    assertThat(different).as(differences.toString()).isLessThan(PROFILES / 20);
  }

  private static Map<Seccomp, Path> profilesOfEngines() throws IOException {
    Map<Seccomp, Path> profiles = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/corpus"))) {
      for (Path file : files.sorted().toList()) {
        Spec spec =
            SpecReader.read(Files.readAllBytes(file), Spec.class).orThrow(AssertionError::new);
        Seccomp profile = spec.linux().seccomp();
        if (profile != null) {
          profiles.putIfAbsent(profile, file);
        }
      }
    }
    assertThat(profiles).hasSizeGreaterThan(5);
    return profiles;
  }

  private static List<Difference> differences(
      Seccomp profile, Architecture machine, long[] theirs, Random random) {
    long[] ours = SeccompCompiler.compileNow(profile, machine).instructions().toArray();
    return new Comparison(profile, machine, random).differences(theirs, ours);
  }

  /** Those that can be in one filter with the machine's own. */
  private static List<Architecture> others(Architecture machine) {
    return switch (machine) {
      case SCMP_ARCH_X86_64 -> List.of(Architecture.SCMP_ARCH_X86, Architecture.SCMP_ARCH_X32);
      case SCMP_ARCH_AARCH64 -> List.of(Architecture.SCMP_ARCH_ARM);
      default -> List.of();
    };
  }

  private static Set<String> allNames() {
    Set<String> names = new TreeSet<>();
    for (Architecture architecture : Architecture.values()) {
      names.addAll(SyscallTable.named(Abi.of(architecture).table()).names());
    }
    return names;
  }

  /** Names that mean the same to both, for this machine and whatever else is in a filter of it. */
  private static List<String> sameNames(Architecture machine) {
    return allNames().stream().filter(name -> isSameOnAll(machine, name)).toList();
  }

  private static boolean isSameOnAll(Architecture machine, String name) {
    return libseccomp.knows(name)
        && Stream.concat(Stream.of(machine), others(machine).stream())
            .allMatch(architecture -> isSame(architecture, name));
  }

  private static boolean isSame(Architecture architecture, String name) {
    Abi abi = Abi.of(architecture);
    long ours = SyscallTable.named(abi.table()).number(name).orElse(-1);
    long theirs = Math.max(-1, libseccomp.number(architecture, name));
    // The library has a number of its own for what can be called in two ways.
    return ours == theirs || Multiplexers.of(abi, name).isPresent();
  }

  private static Seccomp known(Seccomp profile, Architecture machine) {
    return with(
        profile,
        profile.syscalls().stream()
            .map(rule ->
                new Seccomp.Syscall(
                    rule.names().stream().filter(name -> isSameOnAll(machine, name)).toList(),
                    rule.action(),
                    rule.errnoRet(),
                    rule.args()))
            .toList());
  }

  /** Without the rules that the library refuses: they contradict others. */
  private static Seccomp accepted(Seccomp profile, Architecture machine) throws IOException {
    Set<Integer> refused = new TreeSet<>();
    libseccomp.compile(profile, machine, refused);
    List<Seccomp.Syscall> rules = new ArrayList<>();
    for (int i = 0; i < profile.syscalls().size(); i++) {
      if (!refused.contains(i)) {
        rules.add(profile.syscalls().get(i));
      }
    }
    return with(profile, rules);
  }

  private static Seccomp with(Seccomp profile, List<Seccomp.Syscall> rules) {
    return new Seccomp(
        profile.defaultAction(),
        profile.defaultErrnoRet(),
        profile.architectures(),
        profile.flags(),
        profile.listenerPath(),
        profile.listenerMetadata(),
        rules);
  }
}
