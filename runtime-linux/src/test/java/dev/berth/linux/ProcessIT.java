package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerSetupException;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.ProcStatus;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Capabilities;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Rlimit;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code process} in a configuration makes of the container's program. */
@RunsContainers
class ProcessIT {
  private static final long CAP_CHOWN = 1;
  private static final long CAP_KILL = 1 << 5;
  private static final long CAP_NET_BIND_SERVICE = 1 << 10;
  private static final long CAP_SYS_RESOURCE = 1 << 24;
  private static final long CAP_AUDIT_WRITE = 1 << 29;

  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void has_three_capabilities_by_default() throws Exception {
    long kept = CAP_KILL | CAP_NET_BIND_SERVICE | CAP_AUDIT_WRITE;
    ProcStatus status = status(containers.container());
    assertThat(status.bits("CapBnd")).isEqualTo(kept);
    assertThat(status.bits("CapPrm")).isEqualTo(kept);
    assertThat(status.bits("CapEff")).isEqualTo(kept);
    assertThat(status.bits("CapInh")).isZero();
    assertThat(status.bits("CapAmb")).isZero();
  }

  @Test
  void has_the_capabilities_of_each_set() throws Exception {
    List<String> bounding = List.of("CAP_CHOWN", "CAP_KILL", "CAP_NET_BIND_SERVICE");
    List<String> permitted = List.of("CAP_KILL", "CAP_NET_BIND_SERVICE");
    List<String> ambient = List.of("CAP_KILL");
    Capabilities sets = new Capabilities(bounding, ambient, permitted, permitted, ambient);
    ProcStatus status =
        status(
            process(process ->
                process.withCapabilities(sets).withUser(new User(1000, 1000, null, List.of()))));
    assertThat(status.bits("CapBnd")).isEqualTo(CAP_CHOWN | CAP_KILL | CAP_NET_BIND_SERVICE);
    assertThat(status.bits("CapInh")).isEqualTo(CAP_KILL | CAP_NET_BIND_SERVICE);
    // execve(2) leaves a user other than root the ambient ones.
    assertThat(status.bits("CapPrm")).isEqualTo(CAP_KILL);
    assertThat(status.bits("CapEff")).isEqualTo(CAP_KILL);
    assertThat(status.bits("CapAmb")).isEqualTo(CAP_KILL);
  }

  @Test
  void has_no_capability_where_none_is_configured() throws Exception {
    ProcStatus status = status(process(process -> process.withCapabilities(Capabilities.NONE)));
    assertThat(List.of("CapBnd", "CapPrm", "CapEff", "CapInh", "CapAmb"))
        .allSatisfy(set -> assertThat(status.bits(set)).isZero());
  }

  @Test
  void gains_no_privileges() throws Exception {
    assertThat(status(containers.container()).field("NoNewPrivs")).isEqualTo("1");
    assertThat(status(process(process -> process.withNoNewPrivileges(false))).field("NoNewPrivs"))
        .isEqualTo("0");
  }

  @Test
  void has_1024_open_files_by_default() throws Exception {
    assertThat(containers.output("ulimit -Sn; ulimit -Hn")).isEqualTo("1024\n1024");
  }

  @Test
  void does_not_inherit_the_open_files_limit_of_the_jvm() throws Exception {
    assertThat(
            output(
                containers
                    .shell("ulimit -Sn")
                    .edit(spec -> spec.withProcess(spec.process().withRlimits(List.of())))))
        .isEqualTo("1024");
  }

  @Test
  void has_the_configured_limits() throws Exception {
    List<Rlimit> limits =
        List.of(
            new Rlimit(Rlimit.Type.RLIMIT_CORE, 7, 5),
            new Rlimit(Rlimit.Type.RLIMIT_STACK, Rlimit.INFINITY, 1 << 20));
    String text =
        output(
            containers
                .container("cat", "/proc/self/limits")
                .edit(spec -> spec.withProcess(spec.process().withRlimits(limits))));
    assertThat(text)
        .containsPattern("Max core file size +5 +7 +bytes")
        .containsPattern("Max stack size +1048576 +unlimited +bytes");
  }

  @Test
  void t44_has_no_signal_blocked_ignored_or_caught() throws Exception {
    assertNoSignals(status(containers.container()));
  }

  @Test
  void t44_has_no_signal_ignored_that_the_jvm_ignores() throws Exception {
    ContainerJvm jvm = ContainerJvm.ignoring("HUP", "INT", "PIPE", "USR1");
    Path bundle = containers.bundle(containers.container("cat", "/proc/self/status"));
    assertNoSignals(ProcStatus.parse(jvm.run(containers.runtime().root(), bundle)));
  }

  private static void assertNoSignals(ProcStatus status) {
    assertThat(status.bits("SigBlk")).isZero();
    assertThat(status.bits("SigIgn")).isZero();
    assertThat(status.bits("SigCgt")).isZero();
  }

  @Test
  void has_umask_0022_by_default() throws Exception {
    assertThat(containers.output("umask")).isEqualTo("0022");
  }

  @Test
  void has_the_configured_umask() throws Exception {
    User user = new User(0, 0, 0077L, List.of());
    assertThat(
            output(
                containers
                    .shell("umask")
                    .edit(spec -> spec.withProcess(spec.process().withUser(user)))))
        .isEqualTo("0077");
  }

  @Test
  void is_root_without_further_groups_by_default() throws Exception {
    ProcStatus status = status(containers.container());
    assertThat(status.field("Uid")).isEqualTo("0\t0\t0\t0");
    assertThat(status.field("Gid")).isEqualTo("0\t0\t0\t0");
    assertThat(status.field("Groups")).isEmpty();
  }

  @Test
  void is_the_configured_user_with_the_additional_groups() throws Exception {
    User user = new User(101, 201, null, List.of(5L, 4_000_000_000L));
    ProcStatus status = status(process(process -> process.withUser(user)));
    assertThat(status.field("Uid")).isEqualTo("101\t101\t101\t101");
    assertThat(status.field("Gid")).isEqualTo("201\t201\t201\t201");
    assertThat(status.field("Groups")).isEqualTo("5 4000000000");
  }

  @Test
  void begins_in_the_root_directory() throws Exception {
    assertThat(containers.output("pwd")).isEqualTo("/");
  }

  @Test
  void begins_in_the_configured_directory() throws Exception {
    assertThat(output(containers.container("pwd").directory("/usr"))).isEqualTo("/usr");
  }

  @Test
  void begins_in_a_directory_that_was_not_there() throws Exception {
    Path root = containers.newRoot();
    assertThat(output(containers.container("stat", "-c", "%a", ".").rootfs(root).directory("/a/b")))
        .isEqualTo("755");
    assertThat(root.resolve("a/b")).isDirectory();
  }

  @Test
  void may_begin_in_a_directory_that_only_root_can_enter() throws Exception {
    Path root = containers.newRoot();
    Files.setAttribute(Files.createDirectory(root.resolve("secret")), "unix:mode", 0700);
    assertThat(
            output(containers.container("id", "-u").rootfs(root).directory("/secret").user(7, 7)))
        .isEqualTo("7");
  }

  @Test
  void sees_exactly_the_configured_environment() throws Exception {
    assertThat(
            output(
                containers
                    .container("env")
                    .environment("GREETING", "hello")
                    .environment("TERM", "dumb")))
        .isEqualTo(
            """
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            GREETING=hello
            TERM=dumb
            HOME=/root\
            """);
  }

  @Test
  void t39_shows_nothing_of_the_environment_of_the_jvm() throws Exception {
    ContainerJvm jvm = ContainerJvm.withEnvironment("SECRET", "a secret of the runtime's");
    Path bundle =
        containers.bundle(containers.shell("env; cat /proc/self/environ /proc/1/environ"));
    assertThat(jvm.run(containers.runtime().root(), bundle))
        .contains("TERM=xterm")
        .doesNotContain("SECRET", "a secret");
  }

  @Test
  void t39_shows_nothing_of_the_environment_of_the_jvm_while_it_waits() throws Exception {
    try (Container created = containers.container("true").create()) {
      assertThat(Files.readString(proc(created, "environ"))).isEmpty();
    }
  }

  @Test
  void has_no_descriptor_but_the_standard_streams() throws Exception {
    List<Fd> strays = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        strays.add(Directories.open("/", Directories.O_RDONLY | Directories.O_DIRECTORY, 0));
        strays.add(Directories.open("/etc/passwd", Directories.O_RDONLY, 0));
      }
      try (Container running = containers.container("sleep", "1000").start();
          Stream<Path> open = Files.list(proc(running, "fd"))) {
        assertThat(open.map(each -> each.getFileName().toString()))
            .containsExactlyInAnyOrder("0", "1", "2");
      }
    } finally {
      strays.forEach(Fd::close);
    }
  }

  // CVE-2024-21626
  @Test
  void cannot_begin_in_a_directory_of_the_jvm() throws Exception {
    Path root = containers.newRoot();
    Files.createSymbolicLink(root.resolve("work"), Path.of("/proc/self/fd/1"));
    List<String> directories =
        new ArrayList<>(List.of("/work", "/work/..", "/proc/1/fd/9", "/proc/self/fd/1/../.."));
    try (Fd stray = Directories.open("/", Directories.O_RDONLY | Directories.O_DIRECTORY, 0)) {
      for (int number = 0; number <= stray.number(); number++) {
        directories.add("/proc/self/fd/" + number);
      }
      for (String cwd : directories) {
        assertThat(refusal(containers.container("ls").rootfs(root).directory(cwd)))
            .containsPattern(refusedDirectory(cwd));
      }
      try (Container running = containers.container("sleep", "1000").rootfs(root).start()) {
        for (String cwd : directories) {
          assertThatThrownBy(() -> running.exec("ls").directory(cwd).run())
              .isInstanceOf(ContainerSetupException.class)
              .message()
              .containsPattern(refusedDirectory(cwd));
        }
      }
    }
  }

  /** Which step refuses it depends on what descriptors the stub has at the time. */
  private static String refusedDirectory(String cwd) {
    return "^container \"[^\"]*\": (make|enter) directory \\Q%s\\E[: ]".formatted(cwd);
  }

  @Test
  void says_why_it_cannot_begin_behind_a_link_of_proc() {
    assertThat(refusal(containers.container("ls").directory("/proc/self/fd/1")))
        .isEqualTo(
            "container \"ID\": make directory /proc/self/fd/1 (0755): openat2(/proc/self/fd/1):"
                + " ELOOP (Too many levels of symbolic links); a circle of links, or a link that"
                + " only /proc has, which is never followed");
  }

  @Test
  void is_a_better_victim_for_the_oom_killer_if_configured() throws Exception {
    assertThat(output(oomScore(500))).isEqualTo("500");
  }

  @Test
  void is_a_worse_victim_only_where_the_runtime_may_make_it_one() throws Exception {
    ContainerBuilder favoured = oomScore(-999);
    if (mayFavour()) {
      assertThat(output(favoured)).isEqualTo("-999");
    } else {
      assertThat(refusal(favoured))
          .isEqualTo(
              "container \"ID\": set oom_score_adj -999: write(/proc/self/oom_score_adj): EACCES"
                  + " (Permission denied); less than the runtime's own takes CAP_SYS_RESOURCE on"
                  + " the host");
    }
  }

  private static boolean mayFavour() throws IOException {
    ProcStatus own = ProcStatus.parse(Files.readString(Path.of("/proc/self/status")));
    return (own.bits("CapEff") & CAP_SYS_RESOURCE) != 0;
  }

  private static ContainerBuilder oomScore(int value) {
    return process(process -> process.withOomScoreAdj(value))
        .command("cat", "/proc/self/oom_score_adj");
  }

  private static ContainerBuilder process(UnaryOperator<ProcessSpec> change) {
    return containers.container().edit(spec -> spec.withProcess(change.apply(spec.process())));
  }

  private static ProcStatus status(ContainerBuilder container) throws InterruptedException {
    return ProcStatus.parse(output(container.command("cat", "/proc/self/status")));
  }

  private static Path proc(Container container, String file) {
    return Path.of("/proc", Long.toString(container.process().pid()), file);
  }
}
