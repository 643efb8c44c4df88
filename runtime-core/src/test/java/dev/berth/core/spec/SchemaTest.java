package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.spec.Spec;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks the specification's properties, so that none is dropped silently: each is read, and then
 * either acted upon or without effect, which is said here.
 */
class SchemaTest {
  /**
   * What the runtime does. A test of the planner can hold each against the steps that it leads to.
   */
  static final Set<String> ACTED_UPON =
      Set.of(
          "ociVersion",
          "hostname",
          "domainname",
          "annotations.*",
          "linux.intelRdt.closID",
          "linux.intelRdt.schemata[]",
          "linux.intelRdt.l3CacheSchema",
          "linux.intelRdt.memBwSchema",
          "linux.intelRdt.enableCMT",
          "linux.intelRdt.enableMBM",
          "linux.intelRdt.enableMonitoring",
          "linux.netDevices.*.name",
          "hooks.prestart[].path",
          "hooks.prestart[].args[]",
          "hooks.prestart[].env[]",
          "hooks.prestart[].timeout",
          "hooks.createRuntime[].path",
          "hooks.createRuntime[].args[]",
          "hooks.createRuntime[].env[]",
          "hooks.createRuntime[].timeout",
          "hooks.createContainer[].path",
          "hooks.createContainer[].args[]",
          "hooks.createContainer[].env[]",
          "hooks.createContainer[].timeout",
          "hooks.startContainer[].path",
          "hooks.startContainer[].args[]",
          "hooks.startContainer[].env[]",
          "hooks.startContainer[].timeout",
          "hooks.poststart[].path",
          "hooks.poststart[].args[]",
          "hooks.poststart[].env[]",
          "hooks.poststart[].timeout",
          "hooks.poststop[].path",
          "hooks.poststop[].args[]",
          "hooks.poststop[].env[]",
          "hooks.poststop[].timeout",
          "root.path",
          "root.readonly",
          "process.terminal",
          "process.consoleSize.height",
          "process.consoleSize.width",
          "process.user.uid",
          "process.user.gid",
          "process.user.umask",
          "process.user.additionalGids[]",
          "process.args[]",
          "process.env[]",
          "process.cwd",
          "process.capabilities.bounding[]",
          "process.capabilities.effective[]",
          "process.capabilities.inheritable[]",
          "process.capabilities.permitted[]",
          "process.capabilities.ambient[]",
          "process.rlimits[].type",
          "process.rlimits[].hard",
          "process.rlimits[].soft",
          "process.noNewPrivileges",
          "process.oomScoreAdj",
          "process.apparmorProfile",
          "process.selinuxLabel",
          "process.scheduler.policy",
          "process.scheduler.nice",
          "process.scheduler.priority",
          "process.scheduler.flags[]",
          "process.scheduler.runtime",
          "process.scheduler.deadline",
          "process.scheduler.period",
          "process.ioPriority.class",
          "process.ioPriority.priority",
          "process.execCPUAffinity.initial",
          "process.execCPUAffinity.final",
          "mounts[].destination",
          "mounts[].type",
          "mounts[].source",
          "mounts[].options[]",
          "mounts[].uidMappings[].containerID",
          "mounts[].uidMappings[].hostID",
          "mounts[].uidMappings[].size",
          "mounts[].gidMappings[].containerID",
          "mounts[].gidMappings[].hostID",
          "mounts[].gidMappings[].size",
          "linux.mountLabel",
          "linux.uidMappings[].containerID",
          "linux.uidMappings[].hostID",
          "linux.uidMappings[].size",
          "linux.gidMappings[].containerID",
          "linux.gidMappings[].hostID",
          "linux.gidMappings[].size",
          "linux.sysctl.*",
          "linux.personality.domain",
          "linux.memoryPolicy.mode",
          "linux.memoryPolicy.nodes",
          "linux.memoryPolicy.flags[]",
          "linux.cgroupsPath",
          "linux.namespaces[].type",
          "linux.namespaces[].path",
          "linux.timeOffsets.*.secs",
          "linux.timeOffsets.*.nanosecs",
          "linux.devices[].path",
          "linux.devices[].type",
          "linux.devices[].major",
          "linux.devices[].minor",
          "linux.devices[].fileMode",
          "linux.devices[].uid",
          "linux.devices[].gid",
          "linux.rootfsPropagation",
          "linux.seccomp.defaultAction",
          "linux.seccomp.defaultErrnoRet",
          "linux.seccomp.architectures[]",
          "linux.seccomp.flags[]",
          "linux.seccomp.listenerPath",
          "linux.seccomp.listenerMetadata",
          "linux.seccomp.syscalls[].names[]",
          "linux.seccomp.syscalls[].action",
          "linux.seccomp.syscalls[].errnoRet",
          "linux.seccomp.syscalls[].args[].index",
          "linux.seccomp.syscalls[].args[].value",
          "linux.seccomp.syscalls[].args[].valueTwo",
          "linux.seccomp.syscalls[].args[].op",
          "linux.maskedPaths[]",
          "linux.readonlyPaths[]",
          "linux.resources.devices[].allow",
          "linux.resources.devices[].type",
          "linux.resources.devices[].major",
          "linux.resources.devices[].minor",
          "linux.resources.devices[].access",
          "linux.resources.memory.limit",
          "linux.resources.memory.reservation",
          "linux.resources.memory.swap",
          "linux.resources.memory.kernelTCP",
          "linux.resources.memory.swappiness",
          "linux.resources.memory.disableOOMKiller",
          "linux.resources.memory.useHierarchy",
          "linux.resources.memory.checkBeforeUpdate",
          "linux.resources.cpu.shares",
          "linux.resources.cpu.quota",
          "linux.resources.cpu.burst",
          "linux.resources.cpu.period",
          "linux.resources.cpu.realtimeRuntime",
          "linux.resources.cpu.realtimePeriod",
          "linux.resources.cpu.cpus",
          "linux.resources.cpu.mems",
          "linux.resources.cpu.idle",
          "linux.resources.pids.limit",
          "linux.resources.blockIO.weight",
          "linux.resources.blockIO.leafWeight",
          "linux.resources.blockIO.weightDevice[].major",
          "linux.resources.blockIO.weightDevice[].minor",
          "linux.resources.blockIO.weightDevice[].weight",
          "linux.resources.blockIO.weightDevice[].leafWeight",
          "linux.resources.blockIO.throttleReadBpsDevice[].major",
          "linux.resources.blockIO.throttleReadBpsDevice[].minor",
          "linux.resources.blockIO.throttleReadBpsDevice[].rate",
          "linux.resources.blockIO.throttleWriteBpsDevice[].major",
          "linux.resources.blockIO.throttleWriteBpsDevice[].minor",
          "linux.resources.blockIO.throttleWriteBpsDevice[].rate",
          "linux.resources.blockIO.throttleReadIOPSDevice[].major",
          "linux.resources.blockIO.throttleReadIOPSDevice[].minor",
          "linux.resources.blockIO.throttleReadIOPSDevice[].rate",
          "linux.resources.blockIO.throttleWriteIOPSDevice[].major",
          "linux.resources.blockIO.throttleWriteIOPSDevice[].minor",
          "linux.resources.blockIO.throttleWriteIOPSDevice[].rate",
          "linux.resources.hugepageLimits[].pageSize",
          "linux.resources.hugepageLimits[].limit",
          "linux.resources.network.classID",
          "linux.resources.network.priorities[].name",
          "linux.resources.network.priorities[].priority",
          "linux.resources.rdma.*.hcaHandles",
          "linux.resources.rdma.*.hcaObjects",
          "linux.resources.unified.*");

  /** A limit that no kernel has any more. */
  static final Set<String> WITHOUT_EFFECT = Set.of("linux.resources.memory.kernel");

  /** The specification has a list for it, and no value to put into the list. */
  static final Set<String> WITHOUT_VALUES = Set.of("linux.personality.flags[]");

  /** Not for Linux, so not even read. */
  static final Set<String> OF_OTHER_PLATFORMS =
      Set.of(
          "process.user.username",
          "process.commandLine",
          "solaris.milestone",
          "windows.servicing",
          "vm.hypervisor.path",
          "zos.namespaces[].type",
          "freebsd.devices[].path");

  static List<Sample> properties() {
    return Resources.lines("runtime-spec-1.3-properties.txt").stream().map(Sample::of).toList();
  }

  static List<Sample> properties_for_linux() {
    return properties().stream().filter(p -> !OF_OTHER_PLATFORMS.contains(p.path())).toList();
  }

  @ParameterizedTest
  @MethodSource("properties_for_linux")
  void each_value_is_read_and_none_is_dropped(Sample sample) {
    for (JsonNode value : sample.values()) {
      assertThat(sample.in(SpecWriter.write(read(sample, value)))).isEqualTo(value);
    }
  }

  @ParameterizedTest
  @MethodSource("properties")
  void is_either_acted_upon_or_without_effect(Sample sample) {
    assertThat(
            Stream.of(
                    ACTED_UPON.contains(sample.path()),
                    WITHOUT_EFFECT.contains(sample.path()),
                    WITHOUT_VALUES.contains(sample.path()),
                    OF_OTHER_PLATFORMS.contains(sample.path()))
                .filter(yes -> yes))
        .hasSize(1);
  }

  @Test
  void no_set_has_a_property_that_the_specification_has_not() {
    assertThat(properties())
        .extracting(Sample::path)
        .containsAll(ACTED_UPON)
        .containsAll(WITHOUT_EFFECT)
        .containsAll(WITHOUT_VALUES)
        .containsAll(OF_OTHER_PLATFORMS);
  }

  @Test
  void no_record_has_a_property_that_the_specification_has_not() {
    assertThat(Sample.paths("", Spec.class))
        .containsExactlyInAnyOrderElementsOf(
            properties_for_linux().stream().map(Sample::path).toList());
  }

  private static Spec read(Sample sample, JsonNode value) {
    return SpecReader.read(sample.configuration(value), Spec.class).orThrow(AssertionError::new);
  }
}
