package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotYetTest {
  @Test
  void refuses_all_at_once_what_is_valid_but_not_acted_upon() {
    Findings findings =
        check(
            """
            {"ociVersion": "1.3.0", "root": {"path": "rootfs"},
             "process": {"cwd": "/", "args": ["true"], "terminal": true, "apparmorProfile": "p"},
             "hooks": {"poststop": [{"path": "/h"}]},
             "linux": {
               "namespaces": [{"type": "mount"}, {"type": "network", "path": "/n"}, {"type": "time"}],
               "seccomp": {"defaultAction": "SCMP_ACT_ALLOW"},
               "intelRdt": {},
               "rootfsPropagation": "shared",
               "resources": {"memory": {"useHierarchy": true}, "cpu": {"burst": 1}}}}
            """);

    assertThat(findings.problems()).isEmpty();
    assertThat(findings.acceptable()).isFalse();
    assertThat(text(findings))
        .containsExactly(
            "process.terminal: not supported yet; set it to false",
            "process.apparmorProfile: not supported yet",
            "hooks.poststop: not supported yet",
            "linux.namespaces[1].path: not supported yet",
            "linux.namespaces[2].type: not supported yet",
            "linux.seccomp: not supported yet",
            "linux.intelRdt: not supported yet",
            "linux.rootfsPropagation: not supported yet; private and slave are",
            "linux.resources.memory.useHierarchy: not supported yet",
            "linux.resources.cpu.burst: not supported yet");
  }

  @Test
  void lets_pass_what_engines_write_for_what_nobody_asked_for() {
    Findings findings =
        check(
            """
            {"ociVersion": "1.3.0", "root": {"path": "rootfs"},
             "process": {"cwd": "/", "args": ["true"], "terminal": false, "apparmorProfile": "",
               "consoleSize": {"height": 0, "width": 0}},
             "hooks": {"prestart": []},
             "linux": {
               "namespaces": [{"type": "mount"}], "sysctl": {}, "devices": [], "mountLabel": "",
               "resources": {
                 "memory": {"useHierarchy": false}, "cpu": {"shares": 0, "idle": 0},
                 "blockIO": {"weight": 0}, "network": {"priorities": []}, "hugepageLimits": []}}}
            """);

    assertThat(findings.acceptable()).isTrue();
  }

  @Test
  void refuses_a_container_without_a_mount_namespace() {
    Spec spec = SpecDefaults.spec();
    LinuxSpec shared = LinuxSpec.NONE.withNamespaces(List.of(new Namespace(Namespace.Type.UTS)));

    assertThat(
            text(
                SpecChecks.check(
                    spec.withLinux(shared).withProcess(spec.process().withTerminal(false)))))
        .containsExactly("linux.namespaces: not supported yet without a mount namespace");
  }

  @ParameterizedTest
  @ValueSource(strings = {"private", "rprivate", "slave", "rslave", ""})
  void lets_pass_the_propagations_that_are_acted_upon(String propagation) {
    assertThat(text(check(propagation(propagation)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "rshared", "unbindable", "runbindable"})
  void refuses_the_other_propagations(String propagation) {
    assertThat(text(check(propagation(propagation))))
        .containsExactly("linux.rootfsPropagation: not supported yet; private and slave are");
  }

  private static String propagation(String propagation) {
    return """
    {"ociVersion": "1.3.0", "root": {"path": "rootfs"},
     "process": {"cwd": "/", "args": ["true"]},
     "linux": {"namespaces": [{"type": "mount"}], "rootfsPropagation": "%s"}}
    """
        .formatted(propagation);
  }

  private static List<String> text(Findings findings) {
    return findings.unsupported().stream().map(Object::toString).toList();
  }

  private static Findings check(String json) {
    return SpecChecks.check(
        SpecReader.read(json.getBytes(StandardCharsets.UTF_8), Spec.class)
            .orThrow(AssertionError::new));
  }
}
