package dev.berth.linux.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Step;
import dev.berth.core.plan.SyncPoint;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.OpenDescriptors;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.WaitResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LauncherIT {

  private static final Set<NamespaceKind> NAMESPACES =
      EnumSet.of(
          NamespaceKind.MOUNT,
          NamespaceKind.PID,
          NamespaceKind.NETWORK,
          NamespaceKind.IPC,
          NamespaceKind.UTS);

  private static Launcher launcher;
  private static Fd nothing;
  private List<String> before;

  /** Longer than anything in here takes. */
  private static Cancellation aMinute() {
    return Cancellation.ofCleanup(Duration.ofMinutes(1));
  }

  @BeforeAll
  static void prepare() throws Exception {
    assumeTrue(Host.geteuid() == 0, "needs root");
    launcher = Launcher.shared();
    nothing = Directories.open("/dev/null", Directories.O_RDWR, 0);
    // The stub itself is opened by the first launch, and stays open.
    run(Set.of(), program("exit 0"));
  }

  @BeforeEach
  void remember_descriptors() throws IOException {
    before = OpenDescriptors.list();
  }

  @AfterEach
  void nothing_is_left() throws IOException {
    assertThat(OpenDescriptors.list()).isEqualTo(before);
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  @Test
  void becomes_the_program() throws Exception {
    assertThat(run(NAMESPACES, program("exit 7")).exitValue()).isEqualTo(7);
  }

  @Test
  void a_signal_that_ends_the_program_is_told() throws Exception {
    WaitResult result = run(Set.of(), program("kill -9 $$"));
    assertThat(result).hasToString("signal 9");
    assertThat(result.exitValue()).isEqualTo(137);
  }

  @Test
  void the_program_inherits_the_standard_streams_and_nothing_else() throws Exception {
    byte[] output = new byte[4096];
    try (Descriptors.Pipe pipe = Descriptors.pipe2(0);
        Fd stray = Descriptors.eventfd2(0, 0)) {
      Descriptors.fcntl(stray, Descriptors.F_SETFD, 0);
      Launch launch =
          new Launch(
              new Plan(NAMESPACES, List.of(), program("cd /proc/self/fd; echo *; printenv; :")),
              LauncherIT::none,
              new StandardStreams(nothing, pipe.writer(), nothing),
              List.of());
      assertThat(wait(launch).exitValue()).isZero();
      int length = Descriptors.read(pipe.reader(), output, 0, output.length);
      // 3 is the shell's own, of the directory that it reads.
      assertThat(new String(output, 0, length)).startsWith("0 1 2 3\n").doesNotContain("PATH");
    }
  }

  @Test
  void a_step_that_fails_is_named_with_its_errno() {
    List<Step> steps = new ArrayList<>(program("exit 0"));
    steps.add(1, new Step.MountRoot("/does/not/exist"));
    assertThatThrownBy(() -> run(NAMESPACES, steps))
        .isInstanceOfSatisfying(
            StepFailedException.class,
            failed -> {
              assertThat(failed.index()).isEqualTo(1);
              assertThat(failed.errno()).isEqualTo(Errno.ENOENT);
              assertThat(failed)
                  .hasMessage(
                      "mount root /does/not/exist: openat2(/does/not/exist): ENOENT (No such file or directory)");
            });
  }

  @Test
  void a_plan_without_a_program_at_its_end_is_refused() {
    assertThatThrownBy(() -> run(Set.of(), List.of(new Step.ResetSignals())))
        .isInstanceOf(StubException.class)
        .hasMessageMatching("stub: program\\(.*\\): EPROTO \\(Protocol error\\)");
  }

  @Test
  void a_child_that_cannot_be_born_where_it_should_is_the_errno_of_clone3() {
    List<Step> steps = new ArrayList<>(program("exit 0"));
    steps.addFirst(new Step.Fork(List.of(NamespaceKind.UTS), OptionalInt.of(0)));
    Plan plan = new Plan(Set.of(), List.of(new Descriptor.CgroupDirectory("")), steps);
    assertThatThrownBy(() ->
            launcher
                .launch(
                    new Launch(plan, descriptor -> nothing, streams(), List.of()),
                    LauncherIT::unexpected,
                    aMinute())
                .close())
        .hasMessage(
            "fork into the cgroup, with new namespaces: uts: clone3: EBADF (Bad file descriptor)");
  }

  @Test
  @Timeout(20)
  void a_process_that_is_born_into_a_frozen_cgroup_can_be_killed() throws Exception {
    Path cgroups = Path.of("/sys/fs/cgroup/unified");
    Path mount = Files.isDirectory(cgroups) ? cgroups : cgroups.getParent();
    assumeTrue(Files.exists(mount.resolve("cgroup.procs")), "needs cgroup v2");
    Path cgroup = Files.createDirectory(mount.resolve("launcher-it"));
    try (Fd directory = Directories.open(cgroup.toString(), Directories.O_PATH, 0)) {
      Files.writeString(cgroup.resolve("cgroup.freeze"), "1");
      List<Step> steps = new ArrayList<>(program("exit 0"));
      steps.addFirst(new Step.Fork(List.of(), OptionalInt.of(0)));
      Plan plan = new Plan(Set.of(), List.of(new Descriptor.CgroupDirectory("")), steps);
      Launch launch = new Launch(plan, _ -> directory, streams(), List.of());
      assertThatThrownBy(() ->
              launcher.launch(
                  launch, LauncherIT::unexpected, Cancellation.ofCleanup(Duration.ofMillis(300))))
          .isInstanceOf(CancelledException.class)
          .hasNoSuppressedExceptions();
    } finally {
      Files.delete(cgroup);
    }
  }

  @Test
  void ids_are_mapped_when_the_stub_asks_for_it() throws Exception {
    List<Step> steps = new ArrayList<>(program("test $(id -u) = 0"));
    steps.addAll(
        0,
        List.of(
            new Step.Sync(SyncPoint.MAP_IDS),
            new Step.SetGroupId(0),
            new Step.SetUserId(0),
            // Possible only if the capabilities outlived the exec of the stub.
            new Step.SetHostname("mapped")));
    Set<NamespaceKind> namespaces = EnumSet.copyOf(NAMESPACES);
    namespaces.add(NamespaceKind.USER);
    Launch launch = launch(namespaces, steps);
    List<SyncPoint> points = new ArrayList<>();
    StubProcess.SyncHandler map =
        stop -> {
          points.add(stop.point());
          Path proc = Path.of("/proc", Integer.toString(stop.process().pid()));
          Files.writeString(proc.resolve("uid_map"), "0 0 1\n");
          Files.writeString(proc.resolve("setgroups"), "deny");
          Files.writeString(proc.resolve("gid_map"), "0 0 1\n");
          return List.of();
        };
    try (StubProcess process = launcher.launch(launch, map, aMinute())) {
      assertThat(process.progress()).isEqualTo(StubProcess.Progress.RUNNING);
      assertThat(exitOf(process).exitValue()).isZero();
    }
    assertThat(points).containsExactly(SyncPoint.MAP_IDS);
  }

  @Test
  void what_the_handler_throws_ends_the_process() {
    List<Step> steps = new ArrayList<>(program("exit 0"));
    steps.addFirst(new Step.Sync(SyncPoint.MAP_IDS));
    assertThatThrownBy(() ->
            launcher.launch(
                launch(Set.of(), steps),
                stop -> {
                  throw new IOException("no");
                },
                aMinute()))
        .hasMessage("no")
        .hasNoSuppressedExceptions();
  }

  @Test
  void descriptors_change_hands_at_a_stop() throws Exception {
    List<Step> steps = new ArrayList<>(program("exit 0"));
    // All that the step does with its descriptor is to write a 0 there.
    steps.addFirst(new Step.JoinCgroup(1));
    steps.addFirst(new Step.Sync(SyncPoint.MAP_IDS, List.of(0), List.of(1)));
    byte[] read = new byte[8];
    try (Descriptors.Pipe first = Descriptors.pipe2(0);
        Descriptors.Pipe second = Descriptors.pipe2(0)) {
      StubProcess.SyncHandler exchange =
          stop -> {
            Descriptors.writeFully(stop.descriptors().getFirst(), new byte[] {'1', '2'});
            return List.of(Descriptors.duplicate(second.writer()));
          };
      Launch launch =
          new Launch(
              new Plan(Set.of(), List.of(new Descriptor.StartSocket()), steps),
              descriptor -> first.writer(),
              streams(),
              List.of());
      try (StubProcess process = launcher.launch(launch, exchange, aMinute())) {
        assertThat(exitOf(process).exitValue()).isZero();
      }
      assertThat(Descriptors.read(first.reader(), read, 0, read.length)).isEqualTo(2);
      assertThat(Descriptors.read(second.reader(), read, 0, read.length)).isEqualTo(1);
      assertThat(read[0]).isEqualTo((byte) '0');
    }
  }

  @Test
  void a_child_whose_parent_is_killed_as_it_forks_is_reaped() {
    List<Step> steps = new ArrayList<>(program("exit 3"));
    steps.addAll(
        0,
        List.of(new Step.Sync(SyncPoint.MAP_IDS), new Step.Fork(List.of(), OptionalInt.empty())));
    for (int i = 0; i < 50; i++) {
      Cancellation cancellation = Cancellation.ofCleanup(Duration.ofMinutes(1));
      StubProcess.SyncHandler cancelled =
          _ -> {
            cancellation.cancel(Cancellation.Reason.CLOSED); // seen at the wait for the next report
            return List.of();
          };
      assertThatThrownBy(() -> launcher.launch(launch(Set.of(), steps), cancelled, cancellation))
          .isInstanceOf(CancelledException.class);
    }
  }

  @Test
  void goes_on_in_the_child_of_a_fork() throws Exception {
    List<Step> steps = new ArrayList<>(program("exit 3"));
    steps.addFirst(new Step.Fork(List.of(), OptionalInt.empty()));
    try (StubProcess process =
        launcher.launch(launch(Set.of(), steps), LauncherIT::unexpected, aMinute())) {
      assertThat(exitOf(process).exitValue()).isEqualTo(3);
    }
  }

  @Test
  void an_end_before_the_creation_is_no_start() throws Exception {
    List<Step> steps = new ArrayList<>(program("exit 0"));
    steps.addFirst(new Step.Sync(SyncPoint.MAP_IDS));
    steps.add(2, new Step.AwaitStart(0));
    assertThatThrownBy(() ->
            launcher.launch(
                launch(Set.of(), steps),
                stop -> {
                  Fd process = stop.process().pidfd();
                  Processes.pidfdSendSignal(process, Processes.SIGKILL);
                  Descriptors.poll(process, Descriptors.POLLIN, Duration.ofSeconds(10));
                  return List.of();
                },
                aMinute()))
        .isInstanceOf(StubException.class)
        .hasMessage("the process ended while it waited")
        .hasNoSuppressedExceptions();
  }

  @Test
  void of_two_starts_one_is_told_that_it_came_too_late(@TempDir Path path) throws Exception {
    try (Fd directory = Directories.open(path.toString(), Directories.O_PATH, 0);
        StubProcess process = created(directory, program("exit 0"));
        Fd first = Sockets.socket();
        Fd second = Sockets.socket()) {
      Sockets.connect(first, directory, "start");
      Sockets.connect(second, directory, "start");
      StartConnection.start(first, aMinute());
      assertThatThrownBy(() -> StartConnection.start(second, aMinute()))
          .isInstanceOf(StubException.class);
      assertThat(exitOf(process).exitValue()).isZero();
    }
  }

  @Test
  void a_created_process_waits_for_its_start(@TempDir Path path) throws Exception {
    try (Fd directory = Directories.open(path.toString(), Directories.O_PATH, 0);
        StubProcess process = created(directory, program("exit 9"));
        Fd connection = Sockets.socket()) {
      assertThat(Processes.waitid(process.pidfd(), Processes.WNOHANG)).isEmpty();
      Sockets.connect(connection, directory, "start");
      StartConnection.start(connection, aMinute());
      assertThat(exitOf(process).exitValue()).isEqualTo(9);
    }
  }

  @Test
  void a_created_process_that_nobody_confirms_ends(@TempDir Path path) throws Exception {
    try (Fd directory = Directories.open(path.toString(), Directories.O_PATH, 0);
        Fd pidfd = pidfdOfForgotten(directory)) {
      assertThat(Processes.waitid(pidfd, 0).orElseThrow().exitValue()).isEqualTo(1);
    }
  }

  private static Fd pidfdOfForgotten(Fd directory) throws IOException {
    try (StubProcess process = unconfirmed(directory, program("exit 9"))) {
      return Descriptors.duplicate(process.pidfd());
    }
  }

  @Test
  void a_start_hears_why_the_program_could_not_be_run(@TempDir Path path) throws Exception {
    Path program = Files.writeString(path.resolve("program"), "neither ELF nor script");
    program.toFile().setExecutable(true);
    List<Step> steps =
        List.of(
            new Step.FindProgram(List.of(program.toString())),
            new Step.Exec(List.of("program"), List.of()));
    try (Fd directory = Directories.open(path.toString(), Directories.O_PATH, 0);
        StubProcess process = created(directory, steps);
        Fd connection = Sockets.socket()) {
      Sockets.connect(connection, directory, "start");
      assertThatThrownBy(() -> StartConnection.start(connection, aMinute()))
          .isInstanceOf(StubException.class)
          .hasMessage("execve(%s): ENOEXEC (Exec format error)", program);
      assertThat(exitOf(process).exitValue()).isEqualTo(1);
    }
  }

  private static StubProcess created(Fd directory, List<Step> program) throws IOException {
    StubProcess process = unconfirmed(directory, program);
    process.confirm();
    return process;
  }

  private static StubProcess unconfirmed(Fd directory, List<Step> program) throws IOException {
    List<Step> steps = new ArrayList<>(program);
    steps.add(steps.size() - 1, new Step.AwaitStart(0));
    Plan plan = new Plan(NAMESPACES, List.of(new Descriptor.StartSocket()), steps);
    try (Fd listener = Sockets.socket()) {
      Sockets.bind(listener, directory, "start");
      Sockets.listen(listener, 1);
      StubProcess process =
          launcher.launch(
              new Launch(plan, descriptor -> listener, streams(), List.of()),
              LauncherIT::unexpected,
              aMinute());
      assertThat(process.progress()).isEqualTo(StubProcess.Progress.CREATED);
      return process;
    }
  }

  @Test
  void two_hundred_from_sixteen_threads() throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(16)) {
      List<Future<WaitResult>> results =
          Stream.generate(() -> executor.submit(() -> run(NAMESPACES, program("exit 0"))))
              .limit(200)
              .toList();
      for (Future<WaitResult> result : results) {
        assertThat(result.get().exitValue()).isZero();
      }
    }
  }

  private static List<Step> program(String script) {
    return List.of(
        new Step.ResetSignals(),
        new Step.FindProgram(List.of("/bin/sh")),
        new Step.Exec(List.of("sh", "-c", script), List.of()));
  }

  private static WaitResult run(Set<NamespaceKind> namespaces, List<Step> steps)
      throws IOException {
    return wait(launch(namespaces, steps));
  }

  private static WaitResult wait(Launch launch) throws IOException {
    try (StubProcess process = launcher.launch(launch, LauncherIT::unexpected, aMinute())) {
      assertThat(process.progress()).isEqualTo(StubProcess.Progress.RUNNING);
      return exitOf(process);
    }
  }

  private static WaitResult exitOf(StubProcess process) throws IOException {
    return Processes.waitid(process.pidfd(), 0).orElseThrow();
  }

  private static Launch launch(Set<NamespaceKind> namespaces, List<Step> steps) {
    return new Launch(
        new Plan(namespaces, List.of(), steps), LauncherIT::none, streams(), List.of());
  }

  private static StandardStreams streams() {
    return new StandardStreams(nothing, nothing, nothing);
  }

  private static Fd none(Descriptor descriptor) {
    throw new AssertionError(descriptor);
  }

  private static List<Fd> unexpected(StubProcess.Stop stop) {
    throw new AssertionError(stop);
  }
}
