package dev.berth.linux.stub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.DeviceKind;
import dev.berth.core.plan.HookKind;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Procfs;
import dev.berth.core.plan.Propagation;
import dev.berth.core.plan.RlimitKind;
import dev.berth.core.plan.Step;
import dev.berth.core.plan.Symlinks;
import dev.berth.core.plan.SyncPoint;
import dev.berth.core.seccomp.Filter;
import dev.berth.core.seccomp.SeccompCompiler;
import dev.berth.core.spec.NumberList;
import dev.berth.core.state.HookState;
import dev.berth.spec.Hook;
import dev.berth.spec.IoPriority;
import dev.berth.spec.MemoryPolicy;
import dev.berth.spec.Personality;
import dev.berth.spec.Scheduler;
import dev.berth.spec.Seccomp;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramEncoderTest {
  private static final Filter FILTER =
      SeccompCompiler.compile(
          new Seccomp(Seccomp.Action.SCMP_ACT_ALLOW, null, List.of(), null, null, null, List.of()),
          Seccomp.Architecture.SCMP_ARCH_X86_64);

  private static final Path PROGRAM_H = Path.of("src/main/c/program.h");

  /** One of each kind. */
  private static final List<Step> STEPS =
      List.of(
          new Step.ResetSignals(),
          new Step.SetUmask(022),
          new Step.SetName("berth"),
          new Step.SetNonDumpable(),
          new Step.DieWithParent(),
          new Step.SetAffinity(new NumberList(List.of(5L, 1L))),
          new Step.ResetAffinity(),
          new Step.MakeKeyring("_ses.web"),
          new Step.JoinKeyring("_ses.web"),
          new Step.JoinCgroup(1),
          new Step.OpenProcfs(List.of("subset=pid")),
          new Step.CloseProcfs(),
          new Step.SetOomScoreAdj(-17),
          new Step.SetKeyLabel("keys"),
          new Step.SetSelinuxLabel("label"),
          new Step.SetApparmorProfile("profile"),
          new Step.JoinNamespaces(2, List.of(NamespaceKind.MOUNT, NamespaceKind.PID)),
          new Step.Fork(List.of(NamespaceKind.PID), OptionalInt.of(5)),
          new Step.Unshare(List.of(NamespaceKind.CGROUP)),
          new Step.NewTimeNamespace(List.of(new Step.NewTimeNamespace.Offset("boottime", -5, 7))),
          new Step.Sync(SyncPoint.MAP_IDS, List.of(1), List.of(2, 3)),
          new Step.NewSession(),
          new Step.LoopbackUp(),
          new Step.RequireFreeName("eth0"),
          new Step.SendNetlink(3),
          new Step.SetRootPropagation(Propagation.RSLAVE),
          new Step.MountRoot("/root"),
          new Step.OpenTree(3, "/srv", true),
          new Step.OpenTreeInstead(3, "/sys", true),
          new Step.NewMount(4, "tmpfs", "tmpfs", List.of("mode=755", "size=64k"), 6),
          new Step.TryMount(4, "sysfs", "sysfs", List.of(), 7),
          new Step.LegacyMount(4, "ext4", "/dev/vdb", List.of("sync", "iversion"), "a,b"),
          new Step.FindMount(4, "/tmp"),
          new Step.Reconfigure(4, List.of("size=1m")),
          new Step.SetMountAttributes(4, 1, 2, Propagation.SHARED, false),
          new Step.CopyMode(4, "/tmp"),
          new Step.CopyOwner(4, "/tmp"),
          new Step.CopyUp(4, "/tmp"),
          new Step.Attach(4, "/tmp", Symlinks.REFUSE, Procfs.REQUIRED),
          new Step.CoverRoot(4),
          new Step.RequireDevice(3, DeviceKind.BLOCK, 8, 16),
          new Step.MakeDirectory("/dev/pts", 0755),
          new Step.MakeDevice("/dev/null", DeviceKind.CHARACTER, 1, 3, 0666, 7, 8),
          new Step.MakeSymlink("/dev/fd", "/proc/self/fd"),
          new Step.TakeRoot("/root"),
          new Step.DropHostMount("/proc"),
          new Step.MoveRoot(),
          new Step.ChangeRoot(),
          new Step.ChangeRootTo(2),
          new Step.PivotRoot(),
          new Step.OpenRoot(),
          new Step.NewTerminal(4, 5),
          new Step.SetTerminalSize(5, 80, 25),
          new Step.OpenMount(6, 5),
          new Step.TakeTerminal(5, 1000),
          new Step.OwnStreams(1000),
          new Step.MakeRootReadonly(),
          new Step.MaskPath("/proc/kcore"),
          new Step.MakePathReadonly("/proc/sys"),
          new Step.SetHostname("host"),
          new Step.SetDomainname("domain"),
          new Step.SetSysctl("net/ipv4/ip_forward", "1"),
          new Step.SetRlimit(RlimitKind.RLIMIT_NOFILE, 1024, -1),
          new Step.SetNoNewPrivileges(),
          new Step.LoadSeccomp(FILTER, EnumSet.of(Seccomp.Flag.SECCOMP_FILTER_FLAG_SPEC_ALLOW)),
          new Step.LoadSeccompListener(
              FILTER, EnumSet.of(Seccomp.Flag.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)),
          new Step.SetScheduler(
              new Scheduler(
                  Scheduler.Policy.SCHED_DEADLINE,
                  null,
                  null,
                  List.of(
                      Scheduler.Flag.SCHED_FLAG_RESET_ON_FORK, Scheduler.Flag.SCHED_FLAG_RECLAIM),
                  10L,
                  20L,
                  30L)),
          new Step.SetIoPriority(new IoPriority(IoPriority.IoClass.IOPRIO_CLASS_IDLE, 7)),
          new Step.SetPersonality(Personality.Domain.LINUX32),
          new Step.SetMemoryPolicy(
              MemoryPolicy.Mode.MPOL_BIND,
              List.of(MemoryPolicy.Flag.MPOL_F_STATIC_NODES),
              new NumberList(List.of(3L))),
          new Step.KeepCapabilities(),
          new Step.SetBoundingSet(1L << 40),
          new Step.SetGroups(List.of(5L, 6L)),
          new Step.TryDropGroups(),
          new Step.SetGroupId(1000),
          new Step.SetUserId(1001),
          new Step.SetCapabilities(1, 2, 3, 4),
          new Step.FindHome(1000),
          new Step.TryDirectory("/work"),
          new Step.RequireDirectory("/work"),
          new Step.FindProgram(List.of("/bin/a", "/usr/bin/a")),
          new Step.AwaitStart(0),
          new Step.RunHook(
              HookKind.CREATE_CONTAINER,
              2,
              new Hook("/h", List.of("h", "-x"), List.of("A=1"), 5),
              1024,
              new HookState.Text("{", "}")),
          new Step.End(),
          new Step.Exec(List.of("a", "-b"), List.of("TERM=xterm")));

  @Test
  void operations_are_those_of_the_header() throws Exception {
    Matcher matcher =
        Pattern.compile("X\\((\\w+), \"(\\w*)\"\\)").matcher(Files.readString(PROGRAM_H));
    List<String> header = matcher.results().map(match -> match.group(1) + match.group(2)).toList();
    assertThat(Stream.of(Operation.values()).map(each -> each.name() + each.signature()))
        .containsExactlyElementsOf(header);
  }

  @Test
  void numbers_are_those_of_the_header() throws Exception {
    assertThat(Files.readString(PROGRAM_H).replaceAll("[ \t]+", " "))
        .contains("#define PROGRAM_MAGIC 0x%xul".formatted(ProgramWriter.PROGRAM_MAGIC))
        .contains("#define PROGRAM_MAX (%sul << 20)".formatted(ProgramWriter.PROGRAM_MAX >> 20))
        .contains("#define DETAIL_MAX %s".formatted(Report.DETAIL_MAX))
        .contains("#define LAUNCH_MAGIC 0x%xul".formatted(Launcher.LAUNCH_MAGIC))
        .contains("#define ANSWER_GO 0x%xul".formatted(Conversation.ANSWER_GO))
        .contains("REPORT_FAILED = %s,".formatted(Report.REPORT_FAILED))
        .contains("REPORT_SYNC = %s,".formatted(Report.REPORT_SYNC))
        .contains("REPORT_FORKED = %s,".formatted(Report.REPORT_FORKED))
        .contains("REPORT_CREATED = %s,".formatted(Report.REPORT_CREATED))
        .contains("REPORT_LISTENER = %s,".formatted(Report.REPORT_LISTENER));
  }

  @Test
  void every_step_is_an_operation_of_its_own_and_in_the_order_of_the_header() throws Exception {
    assertThat(STEPS.stream().map(Object::getClass))
        .containsExactlyInAnyOrder(Step.class.getPermittedSubclasses());
    assertThat(decode(ProgramEncoder.encode(plan(STEPS))).stream().map(List::getFirst))
        .containsExactly((Object[]) Operation.values());
  }

  @Test
  void fields_are_in_the_order_of_the_signature() throws Exception {
    assertThat(
            decode(
                ProgramEncoder.encode(
                    plan(STEPS.stream().filter(step -> isTelling(step)).toList()))))
        .containsExactly(
            List.of(Operation.SET_AFFINITY, List.of(5L, 1L)),
            List.of(Operation.SET_OOM_SCORE_ADJ, "-17"),
            List.of(Operation.SET_APPARMOR_PROFILE, "exec profile"),
            List.of(Operation.JOIN_NAMESPACES, 2L, 0x2002_0000L),
            List.of(Operation.SET_ROOT_PROPAGATION, 1L << 19, 0x8000L),
            List.of(Operation.NEW_MOUNT, 4L, "tmpfs", "tmpfs", List.of("mode=755", "size=64k"), 6L),
            List.of(Operation.LEGACY_MOUNT, 4L, "ext4", "/dev/vdb", 0x80_0010L, "a,b"),
            List.of(Operation.SET_MOUNT_ATTRIBUTES, 4L, 1L, 2L, 1L << 20, 0L),
            List.of(Operation.ATTACH, 4L, "/tmp", 4L, 2L),
            List.of(Operation.REQUIRE_DEVICE, 3L, 0060000L, 8L, 16L),
            List.of(Operation.MAKE_DEVICE, "/dev/null", 0020000L, 1L, 3L, 0666L, 7L, 8L),
            List.of(Operation.SET_RLIMIT, 7L, 1024L, -1L),
            List.of(Operation.SET_SCHEDULER, 6L, 3L, 0L, 0L, 10L, 20L, 30L),
            List.of(Operation.SET_IO_PRIORITY, 3L, 7L),
            List.of(Operation.SET_PERSONALITY, 8L),
            List.of(Operation.SET_MEMORY_POLICY, 0x8002L, List.of(3L)),
            List.of(Operation.SET_GROUPS, List.of(5L, 6L)),
            List.of(
                Operation.RUN_HOOK,
                2L,
                "/h",
                List.of("h", "-x"),
                List.of("A=1"),
                5L,
                1024L,
                "{",
                "}"),
            List.of(Operation.EXEC, List.of("a", "-b"), List.of("TERM=xterm")));
  }

  private static boolean isTelling(Step step) {
    return switch (step) {
      case Step.SetAffinity _,
          Step.SetOomScoreAdj _,
          Step.SetApparmorProfile _,
          Step.SetScheduler _,
          Step.SetIoPriority _,
          Step.SetPersonality _,
          Step.SetMemoryPolicy _,
          Step.JoinNamespaces _,
          Step.SetRootPropagation _,
          Step.NewMount _,
          Step.SetMountAttributes _,
          Step.LegacyMount _,
          Step.Attach _,
          Step.RequireDevice _,
          Step.MakeDevice _,
          Step.SetRlimit _,
          Step.SetGroups _,
          Step.RunHook _,
          Step.Exec _ ->
          true;
      default -> false;
    };
  }

  // CVE-2021-43784
  @ParameterizedTest
  @ValueSource(ints = {65_534, 65_535, 65_536, 65_537, 1 << 20})
  void t12_long_texts_and_lists_are_encoded_whole(int length) throws Exception {
    String text = "x".repeat(length);
    Step environment = new Step.Exec(List.of("a"), Collections.nCopies(length / 8, "A=1"));
    assertThat(
            decode(ProgramEncoder.encode(plan(List.of(new Step.SetHostname(text), environment)))))
        .containsExactly(
            List.of(Operation.SET_HOSTNAME, text),
            List.of(Operation.EXEC, List.of("a"), Collections.nCopies(length / 8, "A=1")));
  }

  @Test
  void refuses_a_nul_and_names_the_step() {
    assertThatThrownBy(() ->
            ProgramEncoder.encode(
                plan(List.of(new Step.ResetSignals(), new Step.SetHostname("a\0b")))))
        .isInstanceOf(StubException.class)
        .hasMessage("step 1, SetHostname: a NUL in \"a\\0b\"");
  }

  @Test
  void refuses_a_program_that_is_too_long() {
    List<String> environment = Collections.nCopies(65, "x".repeat(1 << 20));
    assertThatThrownBy(
            () -> ProgramEncoder.encode(plan(List.of(new Step.Exec(List.of("a"), environment)))))
        .isInstanceOf(StubException.class)
        .hasMessage("step 0, Exec: the plan is longer than the 64 MiB that one can have");
  }

  @Test
  void says_how_many_slots_there_are() throws Exception {
    Descriptor lock = new Descriptor.CreatedLock();
    Plan unused = new Plan(Set.of(), List.of(lock, lock, lock), List.of(new Step.JoinCgroup(1)));
    assertThat(slots(ProgramEncoder.encode(unused))).isEqualTo(3);
    List<Step> steps = List.of(new Step.Sync(SyncPoint.MAP_IDS, List.of(), List.of(70_000, 7)));
    assertThat(slots(ProgramEncoder.encode(plan(steps)))).isEqualTo(70_001);
  }

  private static long slots(byte[] program) {
    return ByteBuffer.wrap(program).order(ByteOrder.nativeOrder()).getLong(3 * Long.BYTES);
  }

  private static Plan plan(List<Step> steps) {
    return new Plan(Set.of(), List.of(), steps);
  }

  /** Reads a program as program.h describes it. */
  private static List<List<Object>> decode(byte[] bytes) {
    ByteBuffer program = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    assertThat(program.getLong()).isEqualTo(ProgramWriter.PROGRAM_MAGIC);
    assertThat(program.getLong()).isEqualTo(bytes.length);
    long count = program.getLong();
    long slots = program.getLong();
    assertThat(slots).isBetween(0L, 8L);
    List<List<Object>> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Operation operation = Operation.values()[(int) program.getLong()];
      long end = program.getLong() + program.position();
      List<Object> step = new ArrayList<>(List.of(operation));
      for (char type : operation.signature().toCharArray()) {
        step.add(field(program, type));
      }
      assertThat((long) program.position()).isEqualTo(end);
      steps.add(step);
    }
    assertThat(program.hasRemaining()).isFalse();
    return steps;
  }

  private static Object field(ByteBuffer program, char type) {
    long number = program.getLong();
    return switch (type) {
      case 'u', 'd' -> number;
      case 's' -> string(program, (int) number);
      default ->
          Stream.generate(() -> field(program, type == 'l' ? 's' : 'u')).limit(number).toList();
    };
  }

  private static String string(ByteBuffer program, int length) {
    byte[] padded = new byte[(length / 8 + 1) * 8];
    program.get(padded);
    for (int i = length; i < padded.length; i++) {
      assertThat(padded[i]).isZero();
    }
    return new String(padded, 0, length, UTF_8);
  }
}
