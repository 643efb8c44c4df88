package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.spec.Namespace;
import dev.berth.spec.Namespace.Type;
import dev.berth.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * {@code runc-spec.json} is what {@code runc spec} of runc 1.1.5 writes, but for ociVersion and the
 * ambient capabilities, which had no effect without inheritable ones, and which runc 1.2 dropped.
 */
class SpecDefaultsTest {
  private static final MountedHierarchy MEMORY =
      new MountedHierarchy("memory", List.of("memory"), "/sys/fs/cgroup/memory");

  private static final MountedHierarchy UNIFIED =
      new MountedHierarchy("", List.of(), "/sys/fs/cgroup");

  private final byte[] written = Resources.bytes("runc-spec.json");

  @Test
  void are_those_of_runc_spec() {
    assertThat(SpecDefaults.spec())
        .isEqualTo(SpecReader.read(written, Spec.class).orThrow(AssertionError::new));
  }

  @Test
  void are_written_as_runc_spec_writes_them() {
    assertThat(SpecWriter.write(SpecDefaults.spec()))
        .isEqualTo(new String(written, StandardCharsets.UTF_8));
  }

  @Test
  void of_a_user_are_those_of_runc_spec_rootless() {
    byte[] rootless = Resources.bytes("runc-spec-rootless.json");
    assertThat(SpecWriter.write(SpecDefaults.rootless(1000, 1000)))
        .isEqualTo(new String(rootless, StandardCharsets.UTF_8));
  }

  /** As {@code runc spec} does on cgroup v2; not on a hybrid host, whose controllers are v1. */
  @Test
  void have_a_cgroup_namespace_on_cgroup_v2_alone() {
    CgroupLayout none = new CgroupLayout(List.of());
    CgroupLayout v2 = new CgroupLayout(List.of(UNIFIED));
    CgroupLayout hybrid = new CgroupLayout(List.of(MEMORY, UNIFIED));

    assertThat(List.of(SpecDefaults.spec(none), SpecDefaults.spec(hybrid)))
        .containsOnly(SpecDefaults.spec());
    assertThat(types(SpecDefaults.spec(v2)))
        .containsExactly(Type.PID, Type.NETWORK, Type.IPC, Type.UTS, Type.MOUNT, Type.CGROUP);
    assertThat(types(SpecDefaults.rootless(1000, 1000, v2)))
        .containsExactly(Type.PID, Type.IPC, Type.UTS, Type.MOUNT, Type.CGROUP, Type.USER);
  }

  private static List<Type> types(Spec spec) {
    return spec.linux().namespaces().stream().map(Namespace::type).toList();
  }

  @Test
  void are_acceptable() {
    Findings findings = SpecChecks.check(SpecDefaults.spec());

    assertThat(findings.problems()).isEmpty();
    assertThat(findings.warnings()).isEmpty();
  }
}
