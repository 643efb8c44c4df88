package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotYetTest {
  @Test
  void refuses_all_at_once_what_is_valid_but_not_acted_upon() {
    Findings findings =
        check(
            """
            {"ociVersion": "1.3.0", "root": {"path": "rootfs"},
             "process": {"cwd": "/", "args": ["true"]},
             "linux": {
               "namespaces": [{"type": "mount"}],
               "resources": {"memory": {"useHierarchy": true}, "cpu": {"burst": 1}}}}
            """);

    assertThat(findings.problems()).isEmpty();
    assertThat(findings.acceptable()).isFalse();
    assertThat(text(findings))
        .containsExactly(
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

  private static List<String> text(Findings findings) {
    return findings.unsupported().stream().map(Object::toString).toList();
  }

  private static Findings check(String json) {
    return SpecChecks.check(
        SpecReader.read(json.getBytes(StandardCharsets.UTF_8), Spec.class)
            .orThrow(AssertionError::new));
  }
}
