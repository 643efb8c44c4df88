package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.lifecycle.Create;
import dev.berth.linux.lifecycle.Exec;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.ProcStatus;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Warnings;
import dev.berth.spec.Capabilities;
import dev.berth.spec.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The five sets of capabilities, as the host sees them, for root and for another user. */
@RunsContainers
class CapabilitiesIT {
  private static final long CAP_NET_ADMIN = 1 << 12;
  private static final List<String> NAME = List.of("CAP_NET_ADMIN");

  @RegisterExtension static final Containers containers = new Containers();

  // CVE-2022-24769, CVE-2022-29162
  @ParameterizedTest
  @ValueSource(ints = {0, 1000})
  void t13_inherits_no_capability_unless_configured(int uid) throws Exception {
    Capabilities netAdmin = sets(NAME, List.of());
    try (Container running = containers.container("sleep", "1000").user(uid, uid).start()) {
      ProcessSpec process = running.spec().process();
      assertNoneInherited(outside(running.process().pid()));
      assertNoneInherited(outside(running.exec("sleep", "1000").start().pid()));
      ProcStatus further = outside(running.exec(process.withCapabilities(netAdmin)).start().pid());
      assertNoneInherited(further);
      assertThat(further.bits("CapBnd")).isEqualTo(CAP_NET_ADMIN);
      assertThat(further.bits("CapEff")).isEqualTo(uid == 0 ? CAP_NET_ADMIN : 0);
    }
  }

  // CVE-2022-24769, CVE-2022-29162
  @ParameterizedTest
  @ValueSource(ints = {0, 1000})
  void t13_inherits_exactly_the_configured_capabilities(int uid) throws Exception {
    Capabilities asked = sets(NAME, NAME);
    ContainerBuilder builder =
        containers
            .container("sleep", "1000")
            .user(uid, uid)
            .edit(spec -> spec.withProcess(spec.process().withCapabilities(asked)));
    try (Container running = builder.start()) {
      for (long pid : List.of(running.process().pid(), running.exec("sleep", "9").start().pid())) {
        ProcStatus status = outside(pid);
        assertThat(List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"))
            .allSatisfy(set -> assertThat(status.bits(set)).as(set).isEqualTo(CAP_NET_ADMIN));
      }
    }
  }

  @Test
  void one_that_has_no_effect_is_one_warning_for_all_processes() throws Exception {
    assumeTrue(Warnings.areHeard(), "the log of another program on the class path hears them");
    List<String> alarm = List.of("CAP_WAKE_ALARM");
    Capabilities asked = new Capabilities(alarm, alarm, List.of(), alarm, alarm);
    try (Warnings warnings = new Warnings(Create.class);
        Warnings ofExec = new Warnings(Exec.class)) {
      for (int i = 0; i < 3; i++) {
        ContainerBuilder builder =
            containers
                .container("sleep", "1000")
                .edit(spec -> spec.withProcess(spec.process().withCapabilities(asked)));
        try (Container running = builder.start()) {
          running.exec("true").run().orThrow();
        }
      }
      assertThat(warnings.messages())
          .singleElement()
          .asString()
          .endsWith(
              ": process.capabilities.ambient: CAP_WAKE_ALARM: left out, since an ambient capability"
                  + " must be permitted and inheritable, too");
      assertThat(ofExec.messages()).isEmpty();
    }
  }

  @Test
  void an_exec_is_told_what_it_does_not_get() throws Exception {
    assumeTrue(Warnings.areHeard(), "the log of another program on the class path hears them");
    try (Warnings warnings = new Warnings(Exec.class);
        Container running = containers.container("sleep", "1000").start()) {
      running.exec("true").capabilities("CAP_OF_EXEC").run().orThrow();
      assertThat(warnings.messages())
          .containsExactly(
              "container \"%s\": exec: process.capabilities: unknown and left out: \"CAP_OF_EXEC\""
                  .formatted(running.id()));
    }
  }

  private static void assertNoneInherited(ProcStatus status) {
    assertThat(status.bits("CapInh")).isZero();
    assertThat(status.bits("CapAmb")).isZero();
  }

  private static ProcStatus outside(long pid) throws IOException {
    return ProcStatus.parse(Files.readString(Path.of("/proc/" + pid + "/status")));
  }

  /** Unknown ones are left out. */
  private static Capabilities sets(List<String> names, List<String> inherited) {
    List<String> known = Stream.concat(names.stream(), Stream.of("CAP_NO_SUCH")).toList();
    return new Capabilities(known, known, inherited, known, inherited);
  }
}
