package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupV1Files;
import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.core.plan.HostView;
import dev.berth.core.plan.InitRequest;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Planner;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * That what is {@linkplain SchemaTest#ACTED_UPON said to be acted upon} is: another value of the
 * property leads to another plan, or to other writes to a cgroup.
 */
class ActedUponTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path BUNDLE = Path.of("/srv/web");

  /** What neither a plan nor a cgroup shows, but the state, or the maps of a user namespace. */
  private static final Set<String> SEEN_IN_CONTAINERS_ONLY =
      Set.of(
          "ociVersion",
          "annotations.*",
          "linux.uidMappings[].containerID",
          "linux.uidMappings[].hostID",
          "linux.uidMappings[].size",
          "linux.gidMappings[].containerID",
          "linux.gidMappings[].hostID",
          "linux.gidMappings[].size");

  private static final String OTHER_VALUES =
      """
      hostname                                | "other"
      domainname                              | "other.org"
      root.path                               | "other"
      root.readonly                           | true
      process.user.uid                        | 7
      process.user.gid                        | 7
      process.user.umask                      | 63
      process.user.additionalGids[]           | 7
      process.args[]                          | "other"
      process.env[]                           | "A=2"
      process.cwd                             | "/other"
      process.capabilities.bounding[]         | "CAP_CHOWN"
      process.capabilities.effective[]        | "CAP_CHOWN"
      process.capabilities.inheritable[]      | "CAP_CHOWN"
      process.capabilities.permitted[]        | "CAP_CHOWN"
      process.capabilities.ambient[]          | "CAP_CHOWN"
      process.rlimits[].type                  | "RLIMIT_CORE"
      process.rlimits[].hard                  | 2048
      process.rlimits[].soft                  | 512
      process.noNewPrivileges                 | true
      process.oomScoreAdj                     | 100
      mounts[].destination                    | "/other"
      mounts[].type                           | "mqueue"
      mounts[].source                         | "other"
      mounts[].options[]                      | "nodev"
      linux.cgroupsPath                       | "/other"
      linux.namespaces[].type                 | "ipc"
      linux.devices[].path                    | "/dev/other"
      linux.devices[].type                    | "b"
      linux.devices[].major                   | 7
      linux.devices[].minor                   | 7
      linux.devices[].fileMode                | 384
      linux.devices[].uid                     | 7
      linux.devices[].gid                     | 7
      linux.rootfsPropagation                 | "shared"
      linux.maskedPaths[]                     | "/proc/other"
      linux.readonlyPaths[]                   | "/proc/other"
      linux.resources.devices[].allow         | false
      linux.resources.devices[].type          | "b"
      linux.resources.devices[].major         | 7
      linux.resources.devices[].minor         | 7
      linux.resources.devices[].access        | "w"
      linux.resources.memory.limit            | 524288
      linux.resources.memory.reservation      | 8192
      linux.resources.memory.swap             | 4194304
      linux.resources.memory.swappiness       | 7
      linux.resources.memory.disableOOMKiller | true
      linux.resources.cpu.shares              | 2000
      linux.resources.cpu.quota               | 2000
      linux.resources.cpu.period              | 20000
      linux.resources.cpu.cpus                | "1"
      linux.resources.cpu.mems                | "1"
      linux.resources.pids.limit              | 20
      """;

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = OTHER_VALUES)
  void another_value_has_another_effect(String property, String value) throws IOException {
    ObjectNode changed = base();
    set(changed, property, MAPPER.readTree(value));

    assertThat(effects(changed)).isNotEqualTo(effects(base()));
  }

  @Test
  void each_property_that_is_said_to_be_acted_upon_is_here() {
    Set<String> here = new TreeSet<>(SEEN_IN_CONTAINERS_ONLY);
    OTHER_VALUES.lines().map(line -> line.split(" ", 2)[0]).forEach(here::add);
    assertThat(here).containsExactlyInAnyOrderElementsOf(SchemaTest.ACTED_UPON);
  }

  /** What a container of this configuration would be made with, on a host with cgroup v1. */
  private static String effects(ObjectNode configuration) {
    byte[] json = configuration.toString().getBytes(StandardCharsets.UTF_8);
    Spec spec = SpecReader.read(json, Spec.class).orThrow(AssertionError::new);
    CgroupPath cgroup = CgroupPath.of(spec.linux().cgroupsPath(), "web");
    Path root = BUNDLE.resolve(spec.root().path());
    HostView host =
        new HostView(
            new CgroupLayout(List.of()),
            cgroup,
            Capability.ALL,
            HostView.Groups.CHOSEN,
            HostView.Nodes.MADE,
            1024);
    Plan plan = Planner.create(new InitRequest(spec, BUNDLE, root, Lifetime.DETACHED, host));
    // Not the plan's text, which has no values of variables.
    return Stream.of(
            plan.namespaces(),
            plan.steps(),
            cgroup,
            CgroupV1Files.of(spec.linux().resources()),
            DeviceAllowList.of(spec.linux().resources().devices()).v1Writes())
        .map(Object::toString)
        .collect(Collectors.joining("\n"));
  }

  private static ObjectNode base() throws IOException {
    return (ObjectNode) MAPPER.readTree(Resources.bytes("acted-upon.json"));
  }

  /** Replaces the value of a property, in the first element of each list. */
  private static void set(ObjectNode configuration, String property, JsonNode value) {
    String pointer = "/" + property.replace("[]", "/0").replace('.', '/');
    int last = pointer.lastIndexOf('/');
    JsonNode parent = configuration.at(pointer.substring(0, last));
    assertThat(parent.at(pointer.substring(last))).isNotEqualTo(value);
    switch (parent) {
      case ObjectNode object -> object.set(pointer.substring(last + 1), value);
      case ArrayNode array -> array.set(0, value);
      default -> throw new AssertionError(property);
    }
  }
}
