package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import dev.berth.spec.TimeOffset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers whose clocks are ahead of the host's. */
@RunsContainers
class TimeNamespaceIT {
  private static final long WEEK = 604_800;
  private static final Map<String, TimeOffset> AHEAD =
      Map.of(
          "monotonic", new TimeOffset(172_800L, 5L),
          "boottime", new TimeOffset(WEEK, null));

  @RegisterExtension static final Containers containers = new Containers();

  @Test
  void has_clocks_of_its_own() throws Exception {
    String before = uptime(Files.readString(Path.of("/proc/uptime")));
    try (Container running = container(AHEAD, "sleep", "1000").start()) {
      String inside = uptime(running.exec("cat", "/proc/uptime").run().orThrow().output());
      assertThat(Long.parseLong(inside)).isGreaterThanOrEqualTo(Long.parseLong(before) + WEEK);
      Path proc = Path.of("/proc", Long.toString(running.process().pid()));
      assertThat(proc.resolve("timens_offsets"))
          .content()
          .isEqualToNormalizingWhitespace("monotonic 172800 5 boottime 604800 0");
      Path own = proc.resolve("ns/time");
      assertThat(Files.readSymbolicLink(own))
          .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/time")))
          .isEqualTo(Files.readSymbolicLink(proc.resolve("ns/time_for_children")));
      assertThat(running.exec("readlink", "/proc/self/ns/time").run().output())
          .isEqualTo(Files.readSymbolicLink(own) + "\n");
    }
  }

  @Test
  void may_be_behind() throws Exception {
    // Not by more than the machine is up: a clock never shows a time before its start.
    Map<String, TimeOffset> behind = Map.of("boottime", new TimeOffset(-1L, 500_000_000L));
    assertThat(output(container(behind, "cat", "/proc/self/timens_offsets")))
        .isEqualToNormalizingWhitespace("monotonic 0 0 boottime -1 500000000");
  }

  @Test
  void may_have_the_time_of_the_host() throws Exception {
    String script = "cat /proc/self/timens_offsets; readlink /proc/self/ns/time";
    Map<String, TimeOffset> none = Map.of("boottime", new TimeOffset(0L, null));
    assertThat(output(container(none, "sh", "-c", script)))
        .startsWith("monotonic           0         0\nboottime            0         0\n")
        .doesNotEndWith(Files.readSymbolicLink(Path.of("/proc/self/ns/time")).toString());
  }

  @Test
  void belongs_to_the_user_namespace_of_the_container() throws Exception {
    List<IdMapping> mappings = List.of(new IdMapping(0, 100_000, 65_536));
    ContainerBuilder builder =
        container(AHEAD, "cat", "/proc/self/timens_offsets")
            .edit(spec -> UserNamespaceIT.withUserNamespace(spec, mappings));
    assertThat(output(builder))
        .isEqualToNormalizingWhitespace("monotonic 172800 5 boottime 604800 0");
  }

  @Test
  void refuses_a_clock_that_would_be_before_its_start() {
    Map<String, TimeOffset> before = Map.of("monotonic", new TimeOffset(-4_000_000_000L, null));
    assertThat(refusal(container(before, "true")))
        .isEqualTo(
            "container \"ID\": make time namespace (monotonic -4000000000 s 0 ns):"
                + " write(/proc/self/timens_offsets): ERANGE (Numerical result out of range); a"
                + " clock would be before 0, or beyond what it can count");
  }

  @Test
  void refuses_offsets_for_a_namespace_that_is_there_already() {
    ContainerBuilder builder =
        containers
            .container("true")
            .edit(spec -> JoinedNamespacesIT.joining(spec, Namespace.Type.TIME, "/run/time"))
            .edit(spec -> spec.withLinux(spec.linux().withTimeOffsets(AHEAD)));
    assertThat(refusal(builder))
        .isEqualTo(
            "config.json: linux.timeOffsets: only for a new time namespace, and linux.namespaces has"
                + " a path for it");
  }

  private static ContainerBuilder container(Map<String, TimeOffset> offsets, String... command) {
    return containers
        .container(command)
        .edit(spec -> withTimeNamespace(spec))
        .edit(spec -> spec.withLinux(spec.linux().withTimeOffsets(offsets)));
  }

  private static Spec withTimeNamespace(Spec spec) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.TIME));
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }

  /** In whole seconds. */
  private static String uptime(String line) {
    return line.substring(0, line.indexOf('.'));
  }
}
