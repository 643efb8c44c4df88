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
  void refuses_options_of_a_file_system_for_a_bind_mount() {
    Findings findings = SpecChecks.check(mounting(Mount.bind("/srv", "/data", "size=1m")));
    assertThat(findings.problems())
        .containsExactly(
            new Problem(
                "mounts[0].options[1]",
                "\"size=1m\" is for a file system, and a bind mount makes none"));
  }

  @Test
  void refuses_what_a_remount_cannot_change() {
    Findings findings =
        SpecChecks.check(
            mounting(
                new Mount("/a", null, null, List.of("remount", "iversion", "size=1m")),
                new Mount("/b", null, null, List.of("remount", "bind", "size=1m", "idmap"))));
    assertThat(findings.problems())
        .containsExactly(
            new Problem("mounts[0].options[1]", "\"iversion\" cannot be changed by a remount"),
            new Problem(
                "mounts[1].options[2]",
                "\"size=1m\" is for a file system, and a bind mount makes none"),
            new Problem("mounts[1].options[3]", "\"idmap\" is for a bind mount"),
            new Problem(
                "mounts[1].options",
                "idmap and ridmap need uidMappings and gidMappings, of the mount or in linux"));
  }

  @Test
  void refuses_to_copy_up_into_anything_but_a_tmpfs() {
    Findings findings =
        SpecChecks.check(
            mounting(
                new Mount("/a", "tmpfs", "tmpfs", List.of("tmpcopyup")),
                new Mount("/b", "ramfs", "ramfs", List.of("tmpcopyup")),
                Mount.bind("/srv", "/c", "tmpcopyup")));
    assertThat(findings.problems())
        .containsExactly(
            new Problem("mounts[1].options[0]", "\"tmpcopyup\" is for a tmpfs"),
            new Problem("mounts[2].options[1]", "\"tmpcopyup\" is for a tmpfs"));
  }

  @Test
  void refuses_more_for_a_file_system_than_linux_takes() {
    String layers = "lowerdir=" + "/layer:".repeat(600) + "/layer";
    Findings findings =
        SpecChecks.check(
            mounting(
                new Mount("/a", "overlay", "overlay", List.of(layers)),
                new Mount("/b", "nfs", "srv:/", List.of(layers))));
    assertThat(findings.problems())
        .containsExactly(
            new Problem(
                "mounts[1].options",
                "4215 bytes for the file system are more than the 4095 that Linux takes"));
  }

  @Test
  void refuses_ids_to_be_mapped_without_both_mappings_or_for_a_new_file_system() {
    List<IdMapping> ids = List.of(new IdMapping(0, 1000, 1));
    Findings findings =
        SpecChecks.check(
            mounting(
                new Mount("/a", "bind", "/srv", List.of("idmap"), List.of(), List.of()),
                new Mount("/b", "bind", "/srv", List.of(), ids, List.of()),
                new Mount("/c", "tmpfs", "tmpfs", List.of(), ids, ids),
                new Mount("/d", "bind", "/srv", List.of("ridmap"), ids, ids)));
    assertThat(findings.problems())
        .containsExactly(
            new Problem(
                "mounts[0].options",
                "idmap and ridmap need uidMappings and gidMappings, of the mount or in linux"),
            new Problem("mounts[1]", "uidMappings and gidMappings are only of use together"),
            new Problem("mounts[2].uidMappings", "only a bind mount can have its ids mapped"));
  }

  @Test
  void takes_the_mappings_of_the_user_namespace_for_those_of_a_mount() {
    Findings findings = SpecChecks.check(withOneId(mounting(Mount.bind("/srv", "/data", "idmap"))));
    assertThat(findings.problems()).isEmpty();
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
