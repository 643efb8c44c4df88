package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.Mount;
import dev.berth.spec.Rlimit;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecWriterTest {
  @Test
  void leaves_out_what_is_absent_and_keeps_what_is_required() {
    Spec spec =
        SpecDefaults.spec()
            .withProcess(null)
            .withRoot(null)
            .withHostname(null)
            .withMounts(List.of(new Mount("/tmp", "tmpfs", null, List.of())))
            .withAnnotations(Map.of("a.b", ""))
            .withLinux(LinuxSpec.NONE);

    assertThat(SpecWriter.write(spec))
        .isEqualTo(
            """
            {
            	"ociVersion": "1.3.0",
            	"mounts": [
            		{
            			"destination": "/tmp",
            			"type": "tmpfs"
            		}
            	],
            	"annotations": {
            		"a.b": ""
            	}
            }\
            """);
  }

  @Test
  void writes_unsigned_integers_as_such() {
    assertThat(SpecWriter.write(new Rlimit(Rlimit.Type.RLIMIT_CORE, Rlimit.INFINITY, 0)))
        .isEqualTo(
            """
            {
            	"type": "RLIMIT_CORE",
            	"hard": 18446744073709551615,
            	"soft": 0
            }\
            """);
    assertThat(SpecWriter.write(new User(4_294_967_295L, 0, 18L, List.of(5L))))
        .isEqualTo(
            """
            {
            	"uid": 4294967295,
            	"gid": 0,
            	"umask": 18,
            	"additionalGids": [
            		5
            	]
            }\
            """);
  }

  @Test
  void tells_a_false_that_was_given_from_an_absent_one() {
    LinuxResources.Memory memory =
        new LinuxResources.Memory(null, null, null, null, null, null, false, null, null);

    assertThat(SpecWriter.write(memory))
        .isEqualTo(
            """
            {
            	"disableOOMKiller": false
            }\
            """);
  }

  @Test
  void keeps_an_empty_list_of_seccomp_flags_which_is_not_none() {
    Seccomp empty =
        new Seccomp(
            Seccomp.Action.SCMP_ACT_ALLOW, null, List.of(), List.of(), null, null, List.of());
    Seccomp none =
        new Seccomp(Seccomp.Action.SCMP_ACT_ALLOW, null, List.of(), null, null, null, List.of());

    assertThat(SpecWriter.write(empty))
        .isEqualTo("{\n\t\"defaultAction\": \"SCMP_ACT_ALLOW\",\n\t\"flags\": []\n}");
    assertThat(SpecWriter.write(none)).isEqualTo("{\n\t\"defaultAction\": \"SCMP_ACT_ALLOW\"\n}");
  }
}
