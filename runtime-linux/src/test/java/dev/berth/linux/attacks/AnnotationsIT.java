package dev.berth.linux.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.HostCanary;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Annotations, which an engine may pass on from whoever asks for a container. */
@RunsContainers
class AnnotationsIT {
  @RegisterExtension static final Containers containers = new Containers();

  @RegisterExtension final HostCanary canary = new HostCanary();

  /** To other runtimes each of these is a command, and one of them to the host's systemd. */
  // CVE-2024-3154
  @ParameterizedTest
  @EnumSource
  void t35_an_annotation_has_no_effect(Privilege privilege) throws Exception {
    String file = canary.directory().resolve("new").toString();
    Map<String, String> annotations =
        Map.of(
            "org.systemd.property.ExecStopPost", "['touch', '%s']".formatted(file),
            "org.systemd.property.TimeoutStopUSec", "uint64 1",
            "org.systemd.property.CollectMode", "'inactive-or-failed'",
            "run.oci.hooks.stdout", file,
            "run.oci.seccomp_fail_unknown_syscall", "1",
            "run.oci.delegate-cgroup", "../../escape",
            "run.oci.handler", "krun",
            "run.oci.systemd.subgroup", "../..",
            "org.criu.config", file,
            "cgroup.delegate", "/");
    String id = Containers.newId();
    ContainerBuilder plain = container(privilege, id);
    ContainerBuilder annotated =
        container(privilege, id).edit(spec -> spec.withAnnotations(annotations));
    assertThat(annotated.explain()).isEqualTo(plain.explain());
    try (Container container = annotated.start()) {
      assertThat(container.state().annotations()).isEqualTo(annotations);
      assertThat(container.process().waitFor()).isZero();
    }
  }

  private static ContainerBuilder container(Privilege privilege, String id) {
    return privilege.given(
        containers.runtime().container(id).rootfs(containers.root()).command("true"));
  }
}
