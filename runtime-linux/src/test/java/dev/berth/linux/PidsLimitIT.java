package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.linux.testing.Containers;
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

  /** So that somebody can look what fills it. The kernel limits only forks. */
  @Test
  void a_full_container_takes_an_exec_that_makes_no_further_process() throws Exception {
    try (Container container = sleeping(1).start()) {
      assertThat(container.exec("echo", "there").run().orThrow().output()).isEqualTo("there\n");
      assertThat(container.exec("sh", "-c", "echo $(true)").run().exitValue()).isNotZero();
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
