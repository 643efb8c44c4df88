package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LimitedContainers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process takes one place of its cgroup's {@code pids.max}, also while it is being made. */
@RunsContainers
@Timeout(60)
class PidsLimitIT {
  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void one_place_is_enough_for_an_exec() throws Exception {
    try (Container container = sleeping(2).start()) {
      assertThat(container.exec("echo", "there").run().orThrow().output()).isEqualTo("there\n");
    }
  }

  @Test
  void one_place_is_enough_for_a_container() throws Exception {
    ContainerBuilder one = containers.container("echo", "there").limits(Limits.NONE.pids(1));
    assertThat(Containers.output(one)).isEqualTo("there");
    try (Container other = sleeping(1).start()) {
      String path = "/proc/%d/ns/pid".formatted(other.process().pid());
      assertThat(Containers.output(one.edit(spec -> joining(spec, path)))).isEqualTo("there");
    }
  }

  @Test
  void an_exec_without_a_place_is_told_which_limit_it_is() throws Exception {
    assumeTrue(LimitedContainers.isV2(), "needs cgroup v2: v1 lets a process join a full cgroup");
    try (Container container = sleeping(1).start()) {
      assertThatThrownBy(() -> container.exec("true").run())
          .hasMessageContaining(
              "clone3: EAGAIN (Resource temporarily unavailable); pids.max of cgroup \"/")
          .hasMessageContaining("\" is 1, and 1 processes and threads are in it; raise it");
    }
  }

  private static ContainerBuilder sleeping(int pids) {
    return containers.container("sleep", "1000").limits(Limits.NONE.pids(pids));
  }

  private static Spec joining(Spec spec, String path) {
    List<Namespace> namespaces = new ArrayList<>();
    for (Namespace each : spec.linux().namespaces()) {
      namespaces.add(
          each.type() == Namespace.Type.PID ? new Namespace(Namespace.Type.PID, path) : each);
    }
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }
}
