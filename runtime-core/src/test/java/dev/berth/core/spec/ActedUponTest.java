package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.core.cgroup.CgroupContents;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupV1Files;
import dev.berth.core.cgroup.CgroupV2Files;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.core.plan.ExecRequest;
import dev.berth.core.plan.HookKind;
import dev.berth.core.plan.HookRequest;
import dev.berth.core.plan.HostMounts;
import dev.berth.core.plan.HostView;
import dev.berth.core.plan.InitRequest;
import dev.berth.core.plan.JoinedNamespace;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.plan.Placement;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Planner;
import dev.berth.core.plan.RootChange;
import dev.berth.core.plan.Step;
import dev.berth.core.resctrl.ResctrlRequest;
import dev.berth.core.state.ContainerId;
import dev.berth.core.state.HookState;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.Seccomp;
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

  /**
   * What neither a plan nor a cgroup shows, but the state, the maps of a user namespace, or that a
   * limit is refused.
   */
  private static final Set<String> SEEN_IN_CONTAINERS_ONLY =
      Set.of(
          "ociVersion",
          "annotations.*",
          "linux.seccomp.listenerPath",
          "linux.seccomp.listenerMetadata",
          "linux.resources.memory.checkBeforeUpdate",
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
      process.terminal                        | false
      process.consoleSize.height              | 50
      process.consoleSize.width               | 132
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
      process.apparmorProfile                 | "other"
      process.selinuxLabel                    | "other"
      process.scheduler.policy                | "SCHED_BATCH"
      process.scheduler.nice                  | 2
      process.scheduler.priority              | 2
      process.scheduler.flags[]               | "SCHED_FLAG_RECLAIM"
      process.scheduler.runtime               | 2
      process.scheduler.deadline              | 2
      process.scheduler.period                | 2
      process.ioPriority.class                | "IOPRIO_CLASS_IDLE"
      process.ioPriority.priority             | 7
      process.execCPUAffinity.initial         | "1"
      process.execCPUAffinity.final           | "1"
      mounts[].destination                    | "/other"
      mounts[].type                           | "mqueue"
      mounts[].source                         | "other"
      mounts[].options[]                      | "nodev"
      mounts[].uidMappings[].containerID      | 5
      mounts[].uidMappings[].hostID           | 5
      mounts[].uidMappings[].size             | 5
      mounts[].gidMappings[].containerID      | 5
      mounts[].gidMappings[].hostID           | 5
      mounts[].gidMappings[].size             | 5
      linux.mountLabel                        | "other"
      linux.sysctl.*                          | "0"
      linux.personality.domain                | "LINUX32"
      linux.memoryPolicy.mode                 | "MPOL_INTERLEAVE"
      linux.memoryPolicy.nodes                | "1"
      linux.memoryPolicy.flags[]              | "MPOL_F_RELATIVE_NODES"
      hooks.prestart[].path                   | "/other"
      hooks.prestart[].args[]                 | "other"
      hooks.prestart[].env[]                  | "A=2"
      hooks.prestart[].timeout                | 7
      hooks.createRuntime[].path              | "/other"
      hooks.createRuntime[].args[]            | "other"
      hooks.createRuntime[].env[]             | "A=2"
      hooks.createRuntime[].timeout           | 7
      hooks.createContainer[].path            | "/other"
      hooks.createContainer[].args[]          | "other"
      hooks.createContainer[].env[]           | "A=2"
      hooks.createContainer[].timeout         | 7
      hooks.startContainer[].path             | "/other"
      hooks.startContainer[].args[]           | "other"
      hooks.startContainer[].env[]            | "A=2"
      hooks.startContainer[].timeout          | 7
      hooks.poststart[].path                  | "/other"
      hooks.poststart[].args[]                | "other"
      hooks.poststart[].env[]                 | "A=2"
      hooks.poststart[].timeout               | 7
      hooks.poststop[].path                   | "/other"
      hooks.poststop[].args[]                 | "other"
      hooks.poststop[].env[]                  | "A=2"
      hooks.poststop[].timeout                | 7
      linux.intelRdt.closID                   | "other"
      linux.intelRdt.schemata[]               | "L2:0=1"
      linux.intelRdt.l3CacheSchema            | "L3:0=1"
      linux.intelRdt.memBwSchema              | "MB:0=1"
      linux.intelRdt.enableCMT                | true
      linux.intelRdt.enableMBM                | true
      linux.intelRdt.enableMonitoring         | true
      linux.netDevices.*.name                 | "eth1"
      linux.cgroupsPath                       | "/other"
      linux.namespaces[].type                 | "ipc"
      linux.namespaces[].path                 | "/run/netns/web"
      linux.timeOffsets.*.secs                | 2
      linux.timeOffsets.*.nanosecs            | 2
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
      linux.seccomp.defaultAction             | "SCMP_ACT_TRACE"
      linux.seccomp.defaultErrnoRet           | 7
      linux.seccomp.architectures[]           | "SCMP_ARCH_X32"
      linux.seccomp.flags[]                   | "SECCOMP_FILTER_FLAG_SPEC_ALLOW"
      linux.seccomp.syscalls[].names[]        | "rmdir"
      linux.seccomp.syscalls[].action         | "SCMP_ACT_TRACE"
      linux.seccomp.syscalls[].errnoRet       | 7
      linux.seccomp.syscalls[].args[].index   | 1
      linux.seccomp.syscalls[].args[].value   | 7
      linux.seccomp.syscalls[].args[].valueTwo | 1
      linux.seccomp.syscalls[].args[].op      | "SCMP_CMP_EQ"
      linux.resources.devices[].allow         | false
      linux.resources.devices[].type          | "b"
      linux.resources.devices[].major         | 7
      linux.resources.devices[].minor         | 7
      linux.resources.devices[].access        | "w"
      linux.resources.memory.limit            | 524288
      linux.resources.memory.reservation      | 8192
      linux.resources.memory.swap             | 4194304
      linux.resources.memory.swappiness       | 7
      linux.resources.memory.kernelTCP        | 8192
      linux.resources.memory.disableOOMKiller | true
      linux.resources.memory.useHierarchy     | true
      linux.resources.cpu.shares              | 2000
      linux.resources.cpu.quota               | 2000
      linux.resources.cpu.burst               | 7
      linux.resources.cpu.period              | 20000
      linux.resources.cpu.realtimeRuntime     | 7
      linux.resources.cpu.realtimePeriod      | 7
      linux.resources.cpu.cpus                | "1"
      linux.resources.cpu.mems                | "1"
      linux.resources.cpu.idle                | 1
      linux.resources.pids.limit              | 20
      linux.resources.blockIO.weight          | 20
      linux.resources.blockIO.leafWeight      | 20
      linux.resources.blockIO.weightDevice[].major | 7
      linux.resources.blockIO.weightDevice[].minor | 7
      linux.resources.blockIO.weightDevice[].weight | 20
      linux.resources.blockIO.weightDevice[].leafWeight | 20
      linux.resources.blockIO.throttleReadBpsDevice[].major | 7
      linux.resources.blockIO.throttleReadBpsDevice[].minor | 7
      linux.resources.blockIO.throttleReadBpsDevice[].rate | 7
      linux.resources.blockIO.throttleWriteBpsDevice[].major | 7
      linux.resources.blockIO.throttleWriteBpsDevice[].minor | 7
      linux.resources.blockIO.throttleWriteBpsDevice[].rate | 7
      linux.resources.blockIO.throttleReadIOPSDevice[].major | 7
      linux.resources.blockIO.throttleReadIOPSDevice[].minor | 7
      linux.resources.blockIO.throttleReadIOPSDevice[].rate | 7
      linux.resources.blockIO.throttleWriteIOPSDevice[].major | 7
      linux.resources.blockIO.throttleWriteIOPSDevice[].minor | 7
      linux.resources.blockIO.throttleWriteIOPSDevice[].rate | 7
      linux.resources.hugepageLimits[].pageSize | "1GB"
      linux.resources.hugepageLimits[].limit  | 7
      linux.resources.network.classID         | 7
      linux.resources.network.priorities[].name | "eth1"
      linux.resources.network.priorities[].priority | 7
      linux.resources.rdma.*.hcaHandles       | 7
      linux.resources.rdma.*.hcaObjects       | 7
      linux.resources.unified.*               | "7"
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
            Seccomp.Architecture.SCMP_ARCH_X86_64,
            new CgroupLayout(List.of()),
            cgroup,
            Capability.ALL,
            HostView.Groups.CHOSEN,
            HostView.Nodes.MADE,
            HostView.Limits.BY_PROCESS,
            1024,
            new HostMounts(Set.of(), List.of(), true));
    List<JoinedNamespace> joined = JoinedNamespace.assumed(spec.linux());
    ContainerId id = new ContainerId("web");
    Plan plan =
        Planner.create(
            new InitRequest(
                id,
                spec,
                BUNDLE,
                root,
                Lifetime.DETACHED,
                joined,
                RootChange.PIVOT,
                Placement.AT_BIRTH,
                null,
                host));
    Plan further =
        Planner.exec(
            new ExecRequest(spec, Set.of(), Lifetime.DETACHED, Placement.AT_BIRTH, null, host));
    // Not the plan's text, which has no values of variables.
    return Stream.of(
            plan.namespaces(),
            plan.descriptors(),
            plan.steps(),
            further.steps(),
            hooks(spec),
            ResctrlRequest.of(spec.linux().intelRdt(), "web"),
            cgroup,
            cgroupWrites(spec.linux().resources()),
            DeviceAllowList.of(spec.linux().resources().devices()).v1Writes())
        .map(Object::toString)
        .collect(Collectors.joining("\n"));
  }

  /** What is asked for by the name of a file is for cgroup v2. */
  private static List<CgroupWrite> cgroupWrites(LinuxResources resources) {
    LinuxResources unified =
        new LinuxResources(null, null, null, null, null, null, null, null, resources.unified());
    LinuxResources others =
        new LinuxResources(
            null,
            resources.memory(),
            resources.cpu(),
            resources.pids(),
            resources.blockIO(),
            resources.hugepageLimits(),
            resources.network(),
            resources.rdma(),
            null);
    try {
      return Stream.of(
              CgroupV1Files.of(others, CgroupContents.ASSUMED),
              CgroupV2Files.of(unified, CgroupContents.ASSUMED))
          .flatMap(List::stream)
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The plans of those that run in the runtime's namespaces. */
  private static List<List<Step>> hooks(Spec spec) {
    HookState state = new HookState("1.3.0", "web", BUNDLE, spec.annotations());
    return Stream.of(
            HookKind.PRESTART, HookKind.CREATE_RUNTIME, HookKind.POSTSTART, HookKind.POSTSTOP)
        .map(kind ->
            Planner.hook(new HookRequest(kind, 0, kind.of(spec.hooks()).getFirst(), state, 7, 1024))
                .steps())
        .toList();
  }

  private static ObjectNode base() throws IOException {
    return (ObjectNode) MAPPER.readTree(Resources.bytes("acted-upon.json"));
  }

  /** Replaces the value of a property, in the first element of each list. */
  private static void set(ObjectNode configuration, String property, JsonNode value) {
    String pointer =
        "/"
            + property
                .replace("[]", "/0")
                .replace('.', '/')
                .replace("unified/*", "unified/pids.max")
                .replace("*", "monotonic");
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
