package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Problem;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountOptionChecksTest {
  @Test
  void says_which_option_is_not_supported_yet() {
    Findings findings =
        SpecChecks.check(mounting(new Mount("/data", "tmpfs", null, List.of("ro", "remount"))));
    assertThat(findings.unsupported())
        .contains(new Problem("mounts[0].options[1]", "remount: not supported yet"));
  }

  @Test
  void refuses_options_of_a_file_system_for_a_bind_mount() {
    Findings findings = SpecChecks.check(mounting(Mount.bind("/srv", "/data", "size=1m")));
    assertThat(findings.problems())
        .containsExactly(
            new Problem(
                "mounts[0].options[1]",
                "\"size=1m\" is for a file system, and a bind mount makes none"));
  }

  @Test
  void refuses_a_mount_that_is_neither_of_a_type_nor_of_a_source() {
    Findings findings = SpecChecks.check(mounting(new Mount("/data", null, "x", List.of())));
    assertThat(findings.problems())
        .containsExactly(
            new Problem("mounts[0].type", "missing, and only a bind mount needs none"));
  }

  @Test
  void refuses_ids_that_the_user_namespace_does_not_have() {
    Findings findings =
        SpecChecks.check(
            withOneId(
                mounting(
                    new Mount("/dev/pts", "devpts", "devpts", List.of("mode=0620", "gid=5")),
                    new Mount("/tmp", "tmpfs", "tmpfs", List.of("uid=0", "uid=7")),
                    new Mount("/run", "tmpfs", "tmpfs", List.of("gid=staff")))));
    assertThat(findings.problems())
        .containsExactly(
            new Problem("mounts[0].options[1]", "\"gid=5\" is not in linux.gidMappings"),
            new Problem("mounts[1].options[1]", "\"uid=7\" is not in linux.uidMappings"));
  }

  private static Spec mounting(Mount... mounts) {
    return SpecDefaults.spec().withMounts(List.of(mounts));
  }

  private static Spec withOneId(Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.USER));
    List<IdMapping> one = List.of(new IdMapping(0, 1000, 1));
    return spec.withLinux(spec.linux().withNamespaces(namespaces).withMappings(one, one));
  }
}
