package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ContainerSetupException;
import dev.berth.Ending;
import dev.berth.ExecBuilder;
import dev.berth.Limits;
import dev.berth.MemoryKills;
import dev.berth.Result;
import dev.berth.Signal;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Operate;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Workspace;
import dev.berth.spec.Namespace;
import dev.berth.spec.Rlimit;
import dev.berth.spec.Spec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Why processes end, and that it is told. With cgroup v1 and with v2. */
@RunsContainers
class EndingIT {
  private static final long LIMIT = 16 << 20;
  private static final String TOO_MUCH = "dd if=/dev/zero of=/dev/null bs=64M count=1";
  private static final MemoryKills ONE =
      new MemoryKills(1, 0, MemoryKills.Limit.MEMORY, OptionalLong.of(LIMIT));
  private static final Ending KILLED = new Ending.Killed(Signal.KILL);
  private static final Ending BY_OTHERS = new Ending.Signalled(Signal.KILL, false);

  @RegisterExtension final Workspace workspace = new Workspace();

  private ContainerBuilder shell(String script) {
    return workspace.container("a", "sh", "-c", script);
  }

  private ContainerBuilder limited(String script) {
    return limited("a", script);
  }

  private ContainerBuilder limited(String name, String script) {
    return workspace.container(name, "sh", "-c", script).limits(Limits.NONE.memory(LIMIT).swap(0));
  }

  /** One that has begun, and then waits. */
  private Container begun(ContainerBuilder builder) throws IOException {
    Container container = builder.start();
    BufferedReader output = container.process().inputReader();
    assertThat(output.readLine()).isEqualTo("begun");
    return container;
  }

  private static void killFromOutside(long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-KILL", "" + pid).start().waitFor()).isZero();
  }

  @Test
  void a_program_that_is_done() throws Exception {
    Result result = shell("exit 0").run();
    assertThat(result.ending()).isEqualTo(new Ending.Exited(0));
    assertThat(result.memoryKills()).isEmpty();
    assertThat(result.orThrow()).isSameAs(result);
  }

  @Test
  void a_program_that_fails() throws Exception {
    Result result = shell("echo wrong >&2; exit 3").run();
    assertThat(result.ending()).isEqualTo(new Ending.Exited(3));
    assertThatThrownBy(result::orThrow)
        .hasMessage("container \"%s\": \"sh\" exited with 3: wrong", workspace.id("a"));
  }

  @Test
  void a_program_that_ends_in_order_when_it_is_told_to() throws Exception {
    try (Container container = begun(shell("trap 'exit 7' TERM; echo begun; sleep 100 & wait"))) {
      container.kill(Signal.TERM);
      container.process().waitFor();
      assertThat(container.process().ending()).contains(new Ending.Exited(7));
    }
  }

  @Test
  void a_program_that_somebody_else_kills() throws Exception {
    try (Container container = begun(shell("echo begun; exec sleep 100"))) {
      ContainerProcess process = container.process();
      killFromOutside(process.pid());
      process.waitFor();
      assertThat(process.ending()).contains(BY_OTHERS);
      assertThat(process.memoryKills()).isEmpty();
    }
  }

  @Test
  void a_program_that_breaks_a_rule() throws Exception {
    Result result = withoutPids(shell("kill -SEGV $$"), 0).run();
    assertThat(result.ending()).isEqualTo(new Ending.Signalled(Signal.parse("SEGV"), false));
    assertThatThrownBy(result::orThrow)
        .hasMessage("container \"%s\": \"sh\" was killed by SIGSEGV", workspace.id("a"));
  }

  @Test
  void a_program_that_breaks_a_rule_and_leaves_its_memory() throws Exception {
    Result result = withoutPids(shell("kill -SEGV $$").directory("/dev/shm"), 64 << 20).run();
    assertThat(result.ending()).isEqualTo(new Ending.Signalled(Signal.parse("SEGV"), true));
    assertThatThrownBy(result::orThrow)
        .hasMessage(
            "container \"%s\": \"sh\" was killed by SIGSEGV, core dumped", workspace.id("a"));
  }

  /** The first process of a PID namespace cannot be sent such a signal by itself. */
  private static ContainerBuilder withoutPids(ContainerBuilder builder, long core) {
    return builder.edit(spec -> withCore(withoutPids(spec), core));
  }

  private static Spec withoutPids(Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.removeIf(each -> each.type() == Namespace.Type.PID);
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }

  private static Spec withCore(Spec spec, long core) {
    return SpecEdits.process(process ->
            process.withRlimits(List.of(new Rlimit(Rlimit.Type.RLIMIT_CORE, core, core))))
        .apply(spec);
  }

  @Test
  void a_program_that_takes_more_memory_than_there_is() throws Exception {
    Result result = limited("exec " + TOO_MUCH).run();
    assertThat(result.exitValue()).isEqualTo(137);
    assertThat(result.ending()).isEqualTo(new Ending.OutOfMemory(ONE));
    assertThat(result.memoryKills()).contains(ONE);
    assertThatThrownBy(result::orThrow)
        .hasMessage(
            "container \"%s\": \"sh\" was killed: out of memory (memory limit 16 MiB, 1 kill);"
                + " raise Limits.memory",
            workspace.id("a"));
  }

  @Test
  void a_program_whose_child_takes_more_memory_than_there_is() throws Exception {
    Result result = limited(TOO_MUCH + " 2>/dev/null; exit 5").run();
    assertThat(result.ending()).isEqualTo(new Ending.Exited(5));
    assertThat(result.memoryKills()).contains(ONE);
    assertThatThrownBy(result::orThrow)
        .hasMessageStartingWith("container \"%s\": \"sh\" exited with 5", workspace.id("a"))
        .hasMessageEndingWith(
            "; the kernel killed in its container: out of memory (memory limit 16 MiB, 1 kill);"
                + " raise Limits.memory");
  }

  @Test
  void a_program_that_succeeds_though_its_children_were_killed() throws Exception {
    Result result = limited((TOO_MUCH + "; ").repeat(3) + "exit 0").run();
    assertThat(result.orThrow().memoryKills())
        .contains(new MemoryKills(3, 0, MemoryKills.Limit.MEMORY, OptionalLong.of(LIMIT)));
  }

  @Test
  void a_program_that_takes_too_long() throws Exception {
    Duration limit = Duration.ofMillis(300);
    Result result = shell("exec sleep 100").run(limit);
    assertThat(result.ending()).isEqualTo(new Ending.TimedOut(limit));
    assertThat(result.timedOut()).isTrue();
    assertThatThrownBy(result::orThrow)
        .hasMessage("container \"%s\": \"sh\" was killed: its time was over", workspace.id("a"));
  }

  @Test
  void a_program_that_this_one_destroys() throws Exception {
    try (Container container = begun(shell("echo begun; exec sleep 100"))) {
      container.process().destroyForcibly().waitFor();
      assertThat(container.process().ending()).contains(KILLED);
    }
  }

  @Test
  void a_program_whose_container_is_closed() throws Exception {
    ContainerProcess process;
    try (Container container = begun(shell("echo begun; exec sleep 100"))) {
      process = container.process();
    }
    process.waitFor();
    assertThat(process.ending()).contains(KILLED);
  }

  @Test
  void programs_that_are_all_killed() throws Exception {
    try (Container container = begun(shell("echo begun; exec sleep 100"))) {
      ContainerProcess further = container.exec("sleep", "100").start();
      container.killAll(Signal.KILL);
      container.process().waitFor();
      further.waitFor();
      assertThat(container.process().ending()).contains(KILLED);
      assertThat(further.ending()).contains(KILLED);
    }
  }

  /** A child was killed for its memory, and the program itself because this JVM wanted it. */
  @Test
  void a_program_that_this_one_kills_after_the_kernel_killed_its_child() throws Exception {
    try (Container container =
        begun(limited(TOO_MUCH + " 2>/dev/null; echo begun; exec sleep 100"))) {
      container.kill(Signal.KILL);
      container.process().waitFor();
      assertThat(container.process().ending()).contains(KILLED);
      assertThat(container.process().memoryKills()).contains(ONE);
    }
  }

  @Test
  void a_program_that_cannot_be_started() throws Exception {
    Path program = Files.writeString(workspace.rootfs().resolve("no-program"), "text");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Container container = workspace.container("a", "/no-program").create()) {
      assertThatThrownBy(container::start).isInstanceOf(ContainerSetupException.class);
      container.process().onExit().join();
      assertThat(container.process().memoryKills()).isEmpty();
      assertThat(container.process().ending().orElseThrow()).isInstanceOf(Ending.Exited.class);
    }
  }

  @Test
  void a_further_program_that_takes_more_memory_than_there_is() throws Exception {
    try (Container container =
        begun(limited(TOO_MUCH + " 2>/dev/null; echo begun; exec sleep 100"))) {
      ExecBuilder exec = container.exec("sh", "-c", "exec " + TOO_MUCH);
      Result result = exec.run();
      // The kill before its time is not its own.
      assertThat(result.ending()).isEqualTo(new Ending.OutOfMemory(ONE));
      assertThat(container.exec("true").run().memoryKills()).isEmpty();
      assertThat(container.process().isAlive()).isTrue();
    }
  }

  @Test
  void a_further_program_that_somebody_else_kills() throws Exception {
    try (Container container = begun(limited("echo begun; exec sleep 100"))) {
      ContainerProcess process = container.exec("sleep", "100").start();
      killFromOutside(process.pid());
      process.waitFor();
      assertThat(process.ending()).contains(BY_OTHERS);
    }
  }

  /** While it waits, and afterwards. */
  @Test
  void another_jvm_learns_how_each_ended() throws Exception {
    Map<String, ContainerBuilder> builders = new LinkedHashMap<>();
    builders.put("done", workspace.container("done", "true"));
    builders.put("failed", workspace.container("failed", "sh", "-c", "exit 3"));
    builders.put(
        "broken", withoutPids(workspace.container("broken", "sh", "-c", "kill -SEGV $$"), 0));
    builders.put(
        "dumped",
        withoutPids(
            workspace.container("dumped", "sh", "-c", "kill -SEGV $$").directory("/dev/shm"),
            64 << 20));
    builders.put("from-outside", workspace.container("from-outside", "sleep", "100"));
    builders.put(
        "told",
        workspace.container(
            "told", "sh", "-c", "trap 'exit 7' TERM; echo begun; sleep 100 & wait"));
    builders.put("killed", workspace.container("killed", "sleep", "100"));
    builders.put("closed", workspace.container("closed", "sleep", "100"));
    builders.put("too-much", limited("too-much", "exec " + TOO_MUCH));
    builders.put("child-too-much", limited("child-too-much", TOO_MUCH + " 2>/dev/null; exit 5"));
    Map<String, Container> made = new LinkedHashMap<>();
    builders.forEach((name, builder) -> made.put(name, builder.create()));
    List<String> arguments =
        new ArrayList<>(
            List.of(workspace.root().toString(), workspace.rootfs().toString(), "await"));
    made.values().forEach(container -> arguments.add(container.id()));
    Process jvm = ChildJvm.start(Operate.class, arguments.toArray(String[]::new));
    BufferedReader lines = jvm.inputReader();
    assertThat(lines.readLine()).isEqualTo("waits");

    made.values().forEach(Container::start);
    assertThat(made.get("told").process().inputReader().readLine()).isEqualTo("begun");
    made.get("told").kill(Signal.TERM);
    killFromOutside(made.get("from-outside").process().pid());
    made.get("killed").kill(Signal.KILL);
    made.get("closed").process().destroyForcibly();

    List<String> expected =
        List.of(
            line(0, new Ending.Exited(0)),
            line(3, new Ending.Exited(3)),
            line(139, new Ending.Signalled(Signal.parse("SEGV"), false)),
            line(139, new Ending.Signalled(Signal.parse("SEGV"), true)),
            line(137, BY_OTHERS),
            line(7, new Ending.Exited(7)),
            line(137, KILLED),
            line(137, KILLED),
            "137 %s %s".formatted(new Ending.OutOfMemory(ONE), Optional.of(ONE)),
            "5 %s %s".formatted(new Ending.Exited(5), Optional.of(ONE)));
    assertThat(lines.lines().toList()).containsExactlyElementsOf(twice(expected));
    assertThat(jvm.waitFor()).isZero();
    made.values().forEach(Container::delete);
  }

  private static String line(int exitValue, Ending ending) {
    return "%d %s Optional.empty".formatted(exitValue, ending);
  }

  private static List<String> twice(List<String> lines) {
    return Stream.of(lines, lines).flatMap(List::stream).toList();
  }

  @Test
  void a_later_container_of_the_same_name_has_an_end_of_its_own() throws Exception {
    for (int status = 1; status <= 2; status++) {
      try (Container container = shell("exit " + status).start()) {
        container.process().waitFor();
        Path note = workspace.root().resolve(container.id()).resolve("ending.json");
        assertThat(note).content().contains("\"status\":" + status);
        container.delete();
        assertThat(note).doesNotExist();
      }
    }
  }

  @Test
  void another_jvm_learns_what_was_killed_though_not_how_it_ended() throws Exception {
    String id = workspace.id("a");
    there("create-limited", id, TOO_MUCH + "; exit 0");
    Container found = workspace.runtime().find(id).orElseThrow();
    ContainerProcess process = found.process();
    found.start();
    process.onExit().join();
    assertThat(process.ending()).contains(new Ending.Unknown());
    assertThat(process.memoryKills()).contains(ONE);
    ContainerProcess later = workspace.runtime().find(id).orElseThrow().process();
    later.onExit().join();
    assertThat(later.ending()).contains(new Ending.Unknown());
    assertThat(later.memoryKills()).as("until it is deleted").contains(ONE);
    found.delete();
  }

  private void there(String verb, String id, String script) throws Exception {
    Process jvm =
        ChildJvm.start(
            Operate.class,
            workspace.root().toString(),
            workspace.rootfs().toString(),
            verb,
            id,
            script);
    ChildJvm.output(jvm, 60);
  }
}
