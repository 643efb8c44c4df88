package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Result;
import dev.berth.core.spec.SpecReader;
import dev.berth.linux.sys.Architecture;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.ProcStatus;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Action;
import dev.berth.spec.Seccomp.Syscall;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a filter of system calls does to a container's programs. */
@RunsContainers
class SeccompIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int ENOSYS = 38;
  private static final int SIGSYS = 31;
  private static final List<String> MKDIR = List.of("mkdir", "mkdirat");
  private static final Path CORPUS = Path.of("../runtime-core/src/test/resources/corpus");

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void addProgram() throws IOException {
    Files.copy(TestProgram.get("syscall"), containers.root().resolve("bin/syscall"));
  }

  @Test
  void refuses_a_call_with_the_configured_errno() throws Exception {
    Result result = mkdir(allowing(rule(Action.SCMP_ACT_ERRNO, 17L, MKDIR)));
    assertThat(result.error()).isEqualTo("mkdir: can't create directory '/dev/d': File exists\n");
  }

  @ParameterizedTest
  @EnumSource(
      value = Action.class,
      names = {"SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP"})
  void kills(Action action) throws Exception {
    assertThat(mkdir(allowing(rule(action, null, MKDIR))).exitValue()).isEqualTo(128 + SIGSYS);
  }

  @ParameterizedTest
  @EnumSource(
      value = Action.class,
      names = {"SCMP_ACT_ALLOW", "SCMP_ACT_LOG"})
  void lets_pass(Action action) throws Exception {
    assertThat(mkdir(allowing(rule(action, null, MKDIR))).exitValue()).isZero();
  }

  @Test
  void a_call_without_its_tracer_is_not_implemented() throws Exception {
    assertThat(mkdir(allowing(rule(Action.SCMP_ACT_TRACE, 7L, MKDIR))).error())
        .isEqualTo("mkdir: can't create directory '/dev/d': Function not implemented\n");
  }

  @ParameterizedTest
  @EnumSource(Privilege.class)
  void is_in_force_with_and_without_new_privileges_for_whichever_user(Privilege privilege)
      throws Exception {
    for (boolean noNewPrivileges : List.of(true, false)) {
      for (int uid : List.of(0, 1000)) {
        ContainerBuilder builder =
            filtered(
                privilege.given(as(uid, noNewPrivileges, containers.container("sleep", "1000"))),
                allowing(rule(Action.SCMP_ACT_ERRNO, null, MKDIR)));
        try (Container running = builder.start()) {
          ProcStatus outside = status(running);
          assertThat(outside.field("Seccomp")).isEqualTo("2");
          assertThat(outside.field("Seccomp_filters")).isEqualTo("1");
          assertThat(outside.field("NoNewPrivs")).isEqualTo(noNewPrivileges ? "1" : "0");
          ProcStatus further =
              ProcStatus.parse(running.exec("cat", "/proc/self/status").run().output());
          assertThat(further.field("Seccomp")).isEqualTo("2");
          assertThat(further.field("Seccomp_filters")).isEqualTo("1");
        }
      }
    }
  }

  /** Without no_new_privs a filter takes a capability that the program must not have. */
  @ParameterizedTest
  @CsvSource({"true, 0", "false, 2"})
  void is_loaded_as_late_as_can_be(boolean noNewPrivileges, String whileCreated) throws Exception {
    ContainerBuilder builder =
        filtered(
            as(0, noNewPrivileges, containers.container("sleep", "1000")),
            allowing(rule(Action.SCMP_ACT_ERRNO, null, MKDIR)));
    try (Container container = builder.create()) {
      assertThat(status(container).field("Seccomp")).isEqualTo(whileCreated);
      container.start();
      assertThat(status(container).field("Seccomp")).isEqualTo("2");
    }
  }

  @Test
  void need_not_allow_more_than_the_program_takes() throws Exception {
    List<String> calls =
        List.of(
            "execve",
            "mmap",
            "brk",
            "arch_prctl",
            "set_tid_address",
            "set_robust_list",
            "rseq",
            "prlimit64",
            "readlink",
            "readlinkat",
            "getrandom",
            "mprotect",
            "fstat",
            "newfstatat",
            "write",
            "exit_group",
            "getpid",
            "ioctl");
    Seccomp profile =
        profile(Action.SCMP_ACT_KILL_PROCESS, rule(Action.SCMP_ACT_ALLOW, null, calls));

    assertThat(output(filtered(containers.container("syscall", "native", "39"), profile)))
        .isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker20-run-hello.json",
        "docker26-readonly-tmpfs-v.json",
        "podman5-run-hello.json",
        "containerd17-create-start.json"
      })
  void profiles_of_engines_let_programs_work(String file) throws Exception {
    Spec engines =
        SpecReader.read(Files.readAllBytes(CORPUS.resolve(file)), Spec.class)
            .orThrow(AssertionError::new);
    Seccomp profile = engines.linux().seccomp();
    for (boolean noNewPrivileges : List.of(true, false)) {
      String script =
          "mkdir /dev/d && echo x | cat && ls / > /dev/null && syscall native 460; syscall native"
              + " 470";
      assertThat(
              output(filtered(as(0, noNewPrivileges, containers.shell(script)), profile)).lines())
          .containsExactly("x", "-" + ENOSYS, "-" + ENOSYS);
      assertThat(
              containers
                  .shell("mount -t tmpfs t /tmp")
                  .edit(spec -> spec.withLinux(spec.linux().withSeccomp(profile)))
                  .run(LIMIT)
                  .exitValue())
          .isNotZero();
    }
  }

  @Test
  void kills_what_comes_by_an_entry_that_is_not_listed() throws Exception {
    assumeTrue(Architecture.current() == Architecture.X86_64, "x86-64 alone has other entries");
    Seccomp native64 = allowing();
    Seccomp all =
        new Seccomp(
            Action.SCMP_ACT_ALLOW,
            null,
            List.of(
                Seccomp.Architecture.SCMP_ARCH_X86_64,
                Seccomp.Architecture.SCMP_ARCH_X86,
                Seccomp.Architecture.SCMP_ARCH_X32),
            null,
            null,
            null,
            List.of());

    assertThat(call("native", 39, native64).output()).isEqualTo("1\n");
    assertThat(call("i386", 20, native64).exitValue()).isEqualTo(128 + SIGSYS);
    assertThat(call("x32", 39, native64).exitValue()).isEqualTo(128 + SIGSYS);
    // Kernels need not have it; what matters is that it comes that far.
    assertThat(call("i386", 20, all).exitValue()).isNotEqualTo(128 + SIGSYS);
    assertThat(call("x32", 39, all).exitValue()).isZero();
  }

  private static Result call(String entry, int number, Seccomp profile)
      throws InterruptedException {
    return filtered(containers.container("syscall", entry, Integer.toString(number)), profile)
        .run(LIMIT);
  }

  private static Result mkdir(Seccomp profile) throws InterruptedException {
    return filtered(containers.container("mkdir", "/dev/d"), profile).run(LIMIT);
  }

  private static ProcStatus status(Container container) throws IOException {
    return ProcStatus.parse(
        Files.readString(Path.of("/proc", Long.toString(container.process().pid()), "status")));
  }

  private static ContainerBuilder as(int uid, boolean noNewPrivileges, ContainerBuilder container) {
    return container.edit(spec ->
        spec.withProcess(
            spec.process()
                .withUser(new User(uid, uid, null, List.of()))
                .withNoNewPrivileges(noNewPrivileges)));
  }

  private static ContainerBuilder filtered(ContainerBuilder container, Seccomp profile) {
    return container.edit(spec -> spec.withLinux(spec.linux().withSeccomp(profile)));
  }

  private static Seccomp allowing(Syscall... rules) {
    return profile(Action.SCMP_ACT_ALLOW, rules);
  }

  private static Seccomp profile(Action otherwise, Syscall... rules) {
    return new Seccomp(otherwise, null, List.of(), null, null, null, List.of(rules));
  }

  private static Syscall rule(Action action, Long errno, List<String> names) {
    return new Syscall(names, action, errno, List.of());
  }
}
