package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.berth.Bundle;
import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerException;
import dev.berth.ContainerNotFoundException;
import dev.berth.Status;
import dev.berth.core.plan.HookKind;
import dev.berth.core.spec.SpecWriter;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.Operate;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hooks are shell scripts here; those in the container write to the same file as the others. */
@RunsContainers
class HooksIT {
  private static final String SUCCEED = "true";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @RegisterExtension final Workspace workspace = new Workspace();

  private Path log;

  @BeforeEach
  void make_the_log() throws IOException {
    log = Files.createFile(workspace.file("log"));
    Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.createFile(workspace.rootfs().resolve("log"));
  }

  private static Hook shell(String script) {
    return new Hook("/bin/sh", List.of("sh", "-c", script), List.of("PATH=/bin:/usr/bin"), null);
  }

  /** One hook of each kind. */
  private static Hooks each(Function<HookKind, Hook> hook) {
    List<List<Hook>> lists =
        Stream.of(HookKind.values()).map(kind -> List.of(hook.apply(kind))).toList();
    return new Hooks(
        lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5));
  }

  /** One hook of one kind, and for poststop one that notes that it ran. */
  private Hooks failing(HookKind failing, Hook hook) {
    return each(kind ->
        kind == failing
            ? hook
            : shell(kind == HookKind.POSTSTOP ? "echo poststop >>" + log : SUCCEED));
  }

  private String log(HookKind kind) {
    return kind == HookKind.START_CONTAINER ? "/log" : log.toString();
  }

  private ContainerBuilder container(Hooks hooks, String... command) {
    return workspace.container("a", command).bind(log, "/log").edit(spec -> spec.withHooks(hooks));
  }

  private List<String> logged() throws IOException {
    return Files.readAllLines(log);
  }

  private String id() {
    return workspace.id("a");
  }

  private static Map<String, String> json(String text) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      json.nextToken();
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken token = json.nextToken();
        if (token == JsonToken.START_OBJECT) {
          json.nextToken();
          json.nextToken();
          fields.put(name, json.getText());
          json.skipChildren();
          json.nextToken();
        } else {
          fields.put(name, json.getText());
        }
      }
    }
    return fields;
  }

  @Test
  void hooks_run_in_their_order_and_read_the_state() throws Exception {
    Hooks hooks = each(kind -> shell("read state; echo %s $state >>%s".formatted(kind, log(kind))));
    long pid;
    try (Container container =
        container(hooks, "sh", "-c", "echo program >>/log; sleep 1000")
            .edit(spec -> spec.withAnnotations(Map.of("org.example.key", "value")))
            .create()) {
      pid = container.process().pid();
      assertThat(logged()).hasSize(3);
      container.start();
    }
    List<String> lines = new ArrayList<>(logged());
    assertThat(lines.remove("program")).isTrue();
    assertThat(lines)
        .extracting(line -> line.substring(0, line.indexOf(' ')))
        .containsExactly(
            "prestart",
            "createRuntime",
            "createContainer",
            "startContainer",
            "poststart",
            "poststop");
    String[] statuses = {"creating", "creating", "creating", "created", "running", "stopped"};
    String host = Long.toString(pid);
    String[] pids = {host, host, "1", "1", host, null};
    for (int i = 0; i < statuses.length; i++) {
      Map<String, String> expected = new LinkedHashMap<>();
      expected.put("ociVersion", "1.3.0");
      expected.put("id", id());
      expected.put("status", statuses[i]);
      expected.put("bundle", workspace.state("a").toString());
      expected.put("annotations", "value");
      if (pids[i] != null) {
        expected.put("pid", pids[i]);
      }
      assertThat(json(lines.get(i).substring(lines.get(i).indexOf(' ') + 1)))
          .as(lines.get(i))
          .isEqualTo(expected);
    }
  }

  @Test
  void hooks_run_in_the_namespaces_of_the_runtime_or_of_the_container() throws Exception {
    Hooks hooks =
        each(kind ->
            shell(
                "cd /proc/self/ns; echo %s $(readlink mnt) $(readlink net) $(readlink uts) >>%s"
                    .formatted(kind, log(kind))));
    String own = namespaces("self");
    String containers;
    try (Container container = container(hooks, "sleep", "1000").start()) {
      containers = namespaces(Long.toString(container.process().pid()));
    }
    assertThat(containers).isNotEqualTo(own);
    assertThat(logged())
        .containsExactly(
            "prestart " + own,
            "createRuntime " + own,
            "createContainer " + containers,
            "startContainer " + containers,
            "poststart " + own,
            "poststop " + own);
  }

  private static String namespaces(String process) throws IOException {
    List<String> namespaces = new ArrayList<>();
    for (String kind : List.of("mnt", "net", "uts")) {
      namespaces.add(Files.readSymbolicLink(Path.of("/proc", process, "ns", kind)).toString());
    }
    return String.join(" ", namespaces);
  }

  @Test
  void hooks_of_a_kind_run_one_after_the_other() throws Exception {
    Hook slow = shell("sleep 0.3; echo slow >>" + log);
    Hook fast = shell("echo fast >>" + log);
    List<Hook> both = List.of(slow, fast);
    Hooks hooks = new Hooks(both, both, both, List.of(), both, both);
    container(hooks, "true").run(LIMIT).orThrow();
    assertThat(logged())
        .containsExactly(
            "slow", "fast", "slow", "fast", "slow", "fast", "slow", "fast", "slow", "fast");
  }

  @Test
  void the_first_argument_is_the_name() throws Exception {
    Hooks hooks =
        each(kind ->
            new Hook(
                "/bin/busybox",
                List.of("sh", "-c", "echo $0 $1 >>" + log(kind), "a b", "c"),
                List.of(),
                null));
    container(hooks, "true").run(LIMIT).orThrow();
    assertThat(logged()).containsOnly("a b c").hasSize(6);
  }

  @Test
  void a_hook_has_no_environment_but_its_own() throws Exception {
    // The shell adds what it needs itself, but the file has what it was given.
    Function<HookKind, String> look =
        kind ->
            "{ tr '\\0' ' ' </proc/$PPID/environ; tr '\\0' ' ' </proc/self/environ; echo; } >>"
                + log(kind);
    Hooks hooks =
        each(kind ->
            new Hook(
                "/bin/busybox",
                List.of("env", "-", "/bin/busybox", "sh", "-c", look.apply(kind)),
                List.of("A=1", "SECRET=theirs"),
                null));
    Path bundle =
        Bundle.create(workspace.file("bundle"), container(hooks, "true").spec()).directory();
    String output =
        ContainerJvm.withEnvironment("JVM_SECRET", "marker").run(workspace.root(), bundle);
    assertThat(output).isEmpty();
    assertThat(logged()).hasSize(6).allSatisfy(line -> assertThat(line).doesNotContain("marker"));
  }

  @Test
  void a_hook_inherits_nothing_of_the_jvm() throws Exception {
    List<Fd> strays = new ArrayList<>();
    Function<HookKind, String> look =
        kind ->
            ("cd /proc/self/fd; set -- *; cd /;"
                    + " echo $* $(grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\n\\t')"
                    + " $(umask) $(ulimit -n) >>%s")
                .formatted(log(kind));
    Hooks hooks =
        each(kind ->
            new Hook(
                "/bin/busybox", List.of("sh", "-c", look.apply(kind)), List.of("PATH=/bin"), null));
    try {
      for (int i = 0; i < 200; i++) {
        Fd stray = Descriptors.eventfd2(0, 0);
        Descriptors.fcntl(stray, Descriptors.F_SETFD, 0);
        strays.add(stray);
      }
      container(hooks, "true").run(LIMIT).orThrow();
    } finally {
      strays.forEach(Fd::close);
    }
    // 3 is the shell's own, of the directory that it reads.
    assertThat(logged())
        .hasSize(6)
        .containsOnly("0 1 2 3 SigBlk:0000000000000000SigIgn:0000000000000000 0022 1024");
  }

  @Test
  void a_hook_on_the_host_starts_in_the_bundle() throws Exception {
    Hooks hooks = each(kind -> shell("pwd >>" + log(kind)));
    Bundle bundle = Bundle.create(workspace.file("bundle"), container(hooks, "true").spec());
    Container container = workspace.runtime().container(id()).bundle(bundle).start();
    container.process().waitFor();
    // As an engine does, which no longer needs it.
    Files.delete(bundle.directory().resolve("config.json"));
    try (Stream<Path> rest = Files.walk(bundle.directory())) {
      for (Path path : rest.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
    container.delete();
    String directory = bundle.directory().toString();
    assertThat(logged()).containsExactly(directory, directory, directory, "/", directory, "/");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POSTSTOP")
  void a_hook_that_fails_ends_and_deletes_the_container(HookKind kind) throws Exception {
    Hooks hooks = failing(kind, shell("echo to be; echo or not >&2; exit 3"));
    assertThatThrownBy(() -> container(hooks, "sleep", "1000").start())
        .isInstanceOf(ContainerException.class)
        .hasMessage(
            "container \"%s\": run hooks.%s[0] (/bin/sh): exited with 3: to be\\nor not",
            id(), kind)
        .hasNoSuppressedExceptions();
    assertThat(workspace.runtime().find(id())).isEmpty();
    assertThat(workspace.states()).isEmpty();
    assertThat(logged()).containsExactly("poststop");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POSTSTOP")
  void a_hook_that_takes_too_long_is_killed(HookKind kind) throws Exception {
    Hook slow =
        new Hook("/bin/sh", List.of("sh", "-c", "exec sleep 7654"), List.of("PATH=/bin"), 1);
    assertThatThrownBy(() -> container(failing(kind, slow), "sleep", "1000").start())
        .hasMessage(
            "container \"%s\": run hooks.%s[0] (/bin/sh): killed, since it took longer than 1 s",
            id(), kind);
    assertThat(logged()).containsExactly("poststop");
    assertThat(commands()).doesNotContain("sleep 7654");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POSTSTOP")
  void a_hook_that_is_not_there_is_named(HookKind kind) {
    Hooks hooks = failing(kind, new Hook("/bin/not-there", List.of(), List.of(), null));
    assertThatThrownBy(() -> container(hooks, "sleep", "1000").start())
        .hasMessage(
            "container \"%s\": run hooks.%s[0] (/bin/not-there): execve(/bin/not-there): ENOENT"
                + " (No such file or directory); the program, or its interpreter, is not %s",
            id(),
            kind,
            kind == HookKind.START_CONTAINER ? "in the container's root" : "on the host");
  }

  private static List<String> commands() {
    return ProcessHandle.allProcesses()
        .map(process -> Path.of("/proc/" + process.pid() + "/cmdline"))
        .map(file -> {
          try {
            return Files.readString(file).replace('\0', ' ').strip();
          } catch (IOException ended) {
            return "";
          }
        })
        .toList();
  }

  @Test
  void a_creation_that_fails_after_a_hook_runs_poststop() throws Exception {
    Hooks hooks = each(kind -> shell("echo %s >>%s".formatted(kind, log(kind))));
    assertThatThrownBy(() -> container(hooks, "/no/such/program").create())
        .hasMessageContaining("find program /no/such/program");
    assertThat(logged())
        .containsExactly("prestart", "createRuntime", "createContainer", "poststop");
  }

  @Test
  void a_creation_that_fails_before_a_hook_runs_none() throws Exception {
    Hooks hooks = each(kind -> shell("echo %s >>%s".formatted(kind, log(kind))));
    assertThatThrownBy(
            () -> container(hooks, "true").bind(workspace.file("missing"), "/missing").create())
        .hasMessageContaining("open " + workspace.file("missing"));
    assertThat(logged()).isEmpty();
  }

  @Test
  void a_poststop_hook_that_fails_is_a_warning() throws Exception {
    List<Hook> poststop = List.of(shell("exit 1"), shell("echo second >>" + log));
    Hooks hooks = new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), poststop);
    List<String> warnings = new ArrayList<>();
    Logger logger = Logger.getLogger("dev.berth.linux.lifecycle.RuntimeHooks");
    Handler handler = collecting(warnings);
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      container(hooks, "true").run(LIMIT).orThrow();
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
    assertThat(warnings)
        .containsExactly(
            "container \"%s\": run hooks.poststop[0] (/bin/sh): exited with 1".formatted(id()));
    assertThat(logged()).containsExactly("second");
    assertThat(workspace.states()).isEmpty();
  }

  private static Handler collecting(List<String> messages) {
    return new Handler() {
      @Override
      public void publish(LogRecord entry) {
        messages.add(MessageFormat.format(entry.getMessage(), entry.getParameters()));
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  /** As a network plugin does it. */
  @Test
  void a_hook_can_furnish_the_network_namespace() throws Exception {
    Hook furnish =
        shell(
            "pid=$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/');"
                + " nsenter -t $pid -n ip link add eth7 type veth peer name eth8");
    Hooks hooks =
        new Hooks(List.of(), List.of(furnish), List.of(), List.of(), List.of(), List.of());
    assertThat(container(hooks, "ip", "link").run(LIMIT).orThrow().output())
        .contains("eth7@eth8", "eth8@eth7");
  }

  @Test
  void a_hook_sees_the_cgroup_that_was_made() throws Exception {
    Hook look =
        shell("pid=$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/'); cat /proc/$pid/cgroup >>" + log);
    Hooks hooks = new Hooks(List.of(look), List.of(), List.of(), List.of(), List.of(), List.of());
    container(hooks, "true").run(LIMIT).orThrow();
    assertThat(logged()).isNotEmpty().anySatisfy(line -> assertThat(line).endsWith("/" + id()));
  }

  /** That is what they are for: libraries of a driver, say. */
  @Test
  void a_hook_in_the_container_can_mount_before_the_change_of_root() throws Exception {
    Hook mount =
        shell(
            "mount -t tmpfs none %s/tmp && echo there >%s/tmp/file"
                .formatted(workspace.rootfs(), workspace.rootfs()));
    Hooks hooks = new Hooks(List.of(), List.of(), List.of(mount), List.of(), List.of(), List.of());
    assertThat(container(hooks, "cat", "/tmp/file").run(LIMIT).orThrow().output())
        .isEqualTo("there\n");
    assertThat(workspace.rootfs().resolve("tmp/file")).doesNotExist();
  }

  @Test
  void a_hook_at_the_start_is_the_containers_user() throws Exception {
    Hook look = shell("echo $(id -u) $(pwd) $(cat /proc/self/status | grep CapEff) >>/log");
    Hooks hooks = new Hooks(List.of(), List.of(), List.of(), List.of(look), List.of(), List.of());
    container(hooks, "true").user(7, 7).directory("/tmp").run(LIMIT).orThrow();
    assertThat(logged()).containsExactly("7 /tmp CapEff: 0000000000000000");
  }

  @Test
  void hooks_run_around_a_container_with_ids_of_its_own() throws Exception {
    UnaryOperator<Spec> own =
        spec -> {
          List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
          namespaces.add(new Namespace(Namespace.Type.USER));
          List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65_536));
          return spec.withLinux(spec.linux().withNamespaces(namespaces).withMappings(ids, ids));
        };
    for (Path path : List.of(workspace.rootfs().getParent(), workspace.rootfs())) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Hooks hooks = each(kind -> shell("echo %s $(id -u) >>%s".formatted(kind, log(kind))));
    container(hooks, "true").edit(own).run(LIMIT).orThrow();
    assertThat(logged())
        .containsExactly(
            "prestart 0",
            "createRuntime 0",
            "createContainer 0",
            "startContainer 0",
            "poststart 0",
            "poststop 0");
  }

  @Test
  void a_large_state_reaches_every_hook() throws Exception {
    Hooks hooks = each(kind -> shell("wc -c >>" + log(kind)));
    container(hooks, "true")
        .edit(spec -> spec.withAnnotations(Map.of("a", "x".repeat(300_000))))
        .run(LIMIT)
        .orThrow();
    assertThat(logged())
        .hasSize(6)
        .allSatisfy(line -> assertThat(Integer.parseInt(line.strip())).isGreaterThan(300_000));
  }

  @Test
  void another_jvm_runs_the_hooks_as_they_were_at_the_creation() throws Exception {
    Hooks hooks = each(kind -> shell("echo %s >>%s".formatted(kind, log(kind))));
    Bundle bundle =
        Bundle.create(workspace.file("bundle"), container(hooks, "sleep", "1000").spec());
    workspace.runtime().container(id()).bundle(bundle).detached().create();
    Files.delete(bundle.directory().resolve("config.json"));

    assertThat(ChildJvm.output(jvm("start"), 60)).isEmpty();
    assertThat(ChildJvm.output(jvm("delete"), 60)).isEmpty();

    assertThat(logged())
        .containsExactly(
            "prestart",
            "createRuntime",
            "createContainer",
            "startContainer",
            "poststart",
            "poststop");
    assertThat(workspace.states()).isEmpty();
  }

  private Process jvm(String verb) throws IOException {
    return ChildJvm.start(
        Operate.class, workspace.root().toString(), workspace.rootfs().toString(), verb, id());
  }

  @Test
  void the_hooks_of_a_deletion_that_was_killed_run_with_the_next() throws Exception {
    Hook slow = shell("echo begins >>%s; exec sleep 6543".formatted(log));
    Hooks hooks = new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(slow));
    container(hooks, "true").detached().start().process().waitFor();

    Process jvm = jvm("delete");
    try {
      Eventually.await("the hook runs", () -> lines() == 1);
      Container deleted = workspace.runtime().find(id()).orElseThrow();
      assertThatThrownBy(deleted::state).isInstanceOf(ContainerNotFoundException.class);
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    Eventually.await("the hook has ended", () -> !commands().contains("sleep 6543"));

    Container left = workspace.runtime().find(id()).orElseThrow();
    assertThat(left.state().status()).isEqualTo(Status.STOPPED);
    Files.writeString(workspace.root().resolve(id()).resolve("config.json"), harmless());
    left.delete();
    assertThat(logged()).containsExactly("begins", "again");
    assertThat(workspace.states()).isEmpty();
  }

  /** So that the test does not wait for the hook. */
  private String harmless() {
    Hook fast = shell("echo again >>" + log);
    return SpecWriter.write(
        container(
                new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(fast)),
                "true")
            .spec());
  }

  private long lines() {
    try {
      return logged().size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_hook_ends_with_the_jvm_that_waits_for_it() throws Exception {
    Hook slow = shell("echo begins >>%s; exec sleep 5432".formatted(log));
    Hooks hooks = new Hooks(List.of(), List.of(slow), List.of(), List.of(), List.of(), List.of());
    Bundle bundle = Bundle.create(workspace.file("bundle"), container(hooks, "true").spec());
    Process jvm =
        ChildJvm.start(
            Operate.class,
            workspace.root().toString(),
            bundle.directory().toString(),
            "bundle",
            id());
    try {
      Eventually.await("the hook runs", () -> lines() == 1);
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    Eventually.await("the hook has ended", () -> !commands().contains("sleep 5432"));
    workspace.runtime().find(id()).orElseThrow().deleteForcibly();
  }

  @Test
  void what_a_hook_leaves_behind_is_not_waited_for() throws Exception {
    // In the container it ends with it; on the host it lives on, as a daemon would.
    Hooks hooks =
        new Hooks(
            List.of(),
            List.of(),
            List.of(shell("sleep 4321 &")),
            List.of(shell("sleep 4321 &")),
            List.of(),
            List.of());
    container(hooks, "true").run(LIMIT).orThrow();
    Eventually.await("they have ended", () -> !commands().contains("sleep 4321"));
  }
}
