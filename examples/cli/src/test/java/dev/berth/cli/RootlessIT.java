package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.Installation.Outcome;
import dev.berth.core.spec.SpecReader;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The command as a user without privilege has it. */
class RootlessIT {
  private static final int UID = 1000;
  private static final Outcome DONE = new Outcome(0, "", "");

  @RegisterExtension final Installation berth = new Installation(UID);

  @Test
  void runs_what_spec_rootless_writes() throws Exception {
    write(List.of("sh", "-c", "id -u; cat /proc/self/uid_map; ls -d /sys/class"));
    Outcome outcome = berth.berth("run", berth.id("a"));
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).isEqualToNormalizingWhitespace("0 0 1000 1 /sys/class");
  }

  @Test
  void executes_lists_kills_and_deletes_what_runs_detached() throws Exception {
    write(List.of("sleep", "1000"));
    String id = berth.id("a");
    assertThat(berth.berth("run", "--detach", id)).isEqualTo(DONE);
    assertThat(berth.berth("exec", id, "id", "-u")).isEqualTo(new Outcome(0, "0\n", ""));
    assertThat(berth.berth("list", "-q").out()).isEqualTo(id + "\n");
    assertThat(berth.berth("pause", id))
        .isEqualTo(
            new Outcome(
                1,
                "",
                "container \"%s\": cannot pause: it has no cgroup of its own, which is what stops all"
                        .formatted(id)
                    + " of its processes; make it as root, or with linux.cgroupsPath in a cgroup that"
                    + " is delegated to this user\n"));
    assertThat(berth.berth("update", "--pids-limit", "5", id))
        .isEqualTo(
            new Outcome(
                1,
                "",
                "container \"%s\": cannot update: it has no cgroup of its own that could have limits;"
                        .formatted(id)
                    + " make it as root, or with linux.cgroupsPath in a cgroup that is delegated to"
                    + " this user\n"));
    assertThat(berth.berth("kill", id, "KILL")).isEqualTo(DONE);
    berth.awaitStatus(id, "stopped");
    assertThat(berth.berth("delete", id)).isEqualTo(DONE);
  }

  @Test
  void joins_the_user_namespace_of_another_and_what_that_owns() throws Exception {
    Path pidFile = berth.file("pid");
    write(List.of("sleep", "1000"));
    String pod = berth.id("pod");
    assertThat(berth.berth("run", "-d", "--pid-file", pidFile.toString(), pod)).isEqualTo(DONE);
    Path namespaces = Path.of("/proc", Files.readString(pidFile), "ns");
    Spec spec = write(List.of("sh", "-c", "id -u; ps"));
    berth.write(
        spec.withLinux(
            spec.linux()
                .withMappings(List.of(), List.of())
                .withNamespaces(
                    List.of(
                        new Namespace(Namespace.Type.MOUNT),
                        new Namespace(Namespace.Type.UTS),
                        new Namespace(Namespace.Type.USER, namespaces.resolve("user").toString()),
                        new Namespace(Namespace.Type.IPC, namespaces.resolve("ipc").toString()),
                        new Namespace(Namespace.Type.PID, namespaces.resolve("pid").toString())))));
    Outcome outcome = berth.berth("run", berth.id("a"));
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).startsWith("0\n").contains("1 0        sleep 1000");
    berth.remove(pod);
  }

  @Test
  void does_without_a_cgroup_unless_told_otherwise() throws Exception {
    write(List.of("true"));
    assertThat(berth.berth("--rootless=true", "run", berth.id("a"))).isEqualTo(DONE);
    Outcome refused = berth.berth("--rootless", "false", "run", berth.id("b"));
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .startsWith("container \"%s\": cgroup \"/%1$s\": make it in ".formatted(berth.id("b")))
        .endsWith(
            "; be root, or name in linux.cgroupsPath a cgroup in one that is delegated to this"
                + " user\n");
  }

  /** The configuration of {@code berth spec --rootless}, which this user can run, for a command. */
  private Spec write(List<String> command) throws IOException {
    Path config = berth.bundle().resolve("config.json");
    Files.delete(config);
    assertThat(berth.berth("spec", "--rootless")).isEqualTo(DONE);
    Spec spec =
        SpecReader.read(Files.readAllBytes(config), Spec.class).orThrow(AssertionError::new);
    Spec changed = spec.withProcess(spec.process().withTerminal(false).withArgs(command));
    berth.write(changed);
    return changed;
  }
}
