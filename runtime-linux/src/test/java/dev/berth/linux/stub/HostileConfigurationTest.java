package dev.berth.linux.stub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.ContainerException;
import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupContents;
import dev.berth.core.cgroup.CgroupHybridFiles;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupV1Files;
import dev.berth.core.cgroup.CgroupV2Files;
import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.core.cgroup.DeviceProgram;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.cgroup.ResourceChange;
import dev.berth.core.plan.ExecRequest;
import dev.berth.core.plan.HostMounts;
import dev.berth.core.plan.HostView;
import dev.berth.core.plan.InitRequest;
import dev.berth.core.plan.JoinedNamespace;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Placement;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Planner;
import dev.berth.core.plan.RootChange;
import dev.berth.core.spec.Capability;
import dev.berth.core.spec.CheckedSpec;
import dev.berth.core.spec.RootDirectory;
import dev.berth.core.spec.SpecChecks;
import dev.berth.core.spec.SpecReader;
import dev.berth.core.spec.SpecWriter;
import dev.berth.core.state.ContainerId;
import dev.berth.core.systemd.AnnotatedProperties;
import dev.berth.core.systemd.DeviceProperties;
import dev.berth.core.systemd.LimitProperties;
import dev.berth.core.systemd.SystemdUnit;
import dev.berth.core.systemd.UnitPlace;
import dev.berth.linux.testing.HostileConfigurations;
import dev.berth.linux.testing.HostileConfigurations.Mutant;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Spec;
import dev.berth.spi.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is in a configuration, there is a container of it or one of the documented exceptions,
 * with a message that is bounded and printable.
 */
@Timeout(300)
class HostileConfigurationTest {
  private static final Path RESOURCES = Path.of("../runtime-core/src/test/resources");
  private static final String EVERYTHING = "dev/berth/core/spec/acted-upon.json";
  private static final Path BUNDLE = Path.of("/srv/web");

  private static final HostView UNIFIED =
      host(new MountedHierarchy("", List.of(), "/sys/fs/cgroup"));

  private static final HostView HYBRID =
      host(
          new MountedHierarchy("memory", List.of("memory"), "/sys/fs/cgroup/memory"),
          new MountedHierarchy("systemd", List.of("name=systemd"), "/sys/fs/cgroup/systemd"),
          new MountedHierarchy("unified", List.of(), "/sys/fs/cgroup/unified"));

  /** Of the bytes of a configuration; what takes long for what is larger is done once less. */
  private static final int LARGE = 1 << 18;

  private static final CgroupContents CONTENTS = CgroupContents.ASSUMED;

  private static final List<Use> USES =
      List.of(
          (mutant, spec) -> plan(mutant, spec, UNIFIED),
          (mutant, spec) -> plan(mutant, spec, HYBRID),
          (mutant, spec) -> systemd(mutant, spec, SystemdUnit.Manager.SYSTEM),
          HostileConfigurationTest::cgroups,
          HostileConfigurationTest::write,
          (_, spec) -> RootDirectory.of(BUNDLE, spec.root()),
          (_, spec) -> CgroupPath.of(spec.linux().cgroupsPath(), "web"));

  /** A hundred problems, each of two texts of 2000 characters, which are escaped as six. */
  private static final int LONGEST_MESSAGE = 101 * 2 * 6 * 2100;

  @Test
  void the_configuration_with_everything_is_a_good_one() throws IOException {
    byte[] json = everything().toString().getBytes(UTF_8);
    Spec spec = SpecReader.read(json, Spec.class).orThrow(problems -> new AssertionError(problems));
    assertThat(SpecChecks.check(spec).problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {EVERYTHING, "corpus/podman5-userns.json"})
  void an_odd_value_is_a_container_or_a_documented_exception(String config) throws IOException {
    ObjectNode tree = config.equals(EVERYTHING) ? everything() : tree(config);
    HostileConfigurations.odd(tree).parallel().forEach(HostileConfigurationTest::use);
  }

  @Test
  void a_large_value_is_a_container_or_a_documented_exception() throws IOException {
    HostileConfigurations.large(everything()).forEach(HostileConfigurationTest::use);
  }

  private static ObjectNode tree(String config) throws IOException {
    return (ObjectNode) new ObjectMapper().readTree(Files.readString(RESOURCES.resolve(config)));
  }

  private static HostView host(MountedHierarchy... hierarchies) {
    return new HostView(
        Seccomp.Architecture.SCMP_ARCH_X86_64,
        new CgroupLayout(List.of(hierarchies)),
        new CgroupPath("/berth/web"),
        Capability.ALL,
        HostView.Groups.CHOSEN,
        HostView.Nodes.MADE,
        HostView.Limits.BY_PROCESS,
        524_288,
        HostMounts.USUAL);
  }

  /** Every property, with values that go together. */
  private static ObjectNode everything() throws IOException {
    ObjectNode tree = tree(EVERYTHING);
    tree.putObject("annotations").put("org.systemd.property.Description", "'web'");
    ((ObjectNode) tree.at("/process/scheduler"))
        .remove(List.of("priority", "runtime", "deadline", "period"));
    ObjectNode linux = (ObjectNode) tree.get("linux");
    linux.putObject("sysctl").put("kernel.msgmax", "1");
    linux.withArray("namespaces").addObject().put("type", "ipc");
    linux.withArray("namespaces").addObject().put("type", "network");
    return tree;
  }

  private static void use(Mutant mutant) {
    attempt(mutant, () -> SpecReader.read(mutant.json(), ProcessSpec.class).orThrow(invalid()));
    attempt(mutant, () -> SpecReader.read(mutant.json(), LinuxResources.class).orThrow(invalid()));
    attempt(
        mutant,
        () -> {
          Spec spec = SpecReader.read(mutant.json(), Spec.class).orThrow(invalid());
          CheckedSpec checked = CheckedSpec.of("config.json", spec);
          describe(mutant, checked.warnings());
          USES.forEach(use -> attempt(mutant, () -> use.with(mutant, checked.spec())));
        });
  }

  private static Function<List<Problem>, InvalidSpecException> invalid() {
    return problems -> new InvalidSpecException("config.json", problems);
  }

  private static void plan(Mutant mutant, Spec spec, HostView host) throws IOException {
    describe(mutant, Planner.seccompWarnings(spec, host));
    describe(mutant, Planner.capabilityWarnings(spec.process(), host));
    Plan init =
        Planner.create(
            new InitRequest(
                new ContainerId("web"),
                spec,
                BUNDLE,
                BUNDLE.resolve("rootfs"),
                Lifetime.DETACHED,
                JoinedNamespace.assumed(spec.linux()),
                RootChange.PIVOT,
                Placement.AT_BIRTH,
                "_ses.web",
                host));
    encode(mutant, init);
    encode(
        mutant,
        Planner.exec(
            new ExecRequest(
                spec,
                Set.of(NamespaceKind.MOUNT),
                Lifetime.DETACHED,
                Placement.AT_BIRTH,
                null,
                host)));
  }

  private static void encode(Mutant mutant, Plan plan) throws IOException {
    if (mutant.json().length < LARGE) {
      plan.toString().lines().forEach(line -> requirePrintable(mutant, line));
    }
    assertThat(ProgramEncoder.encode(plan)).isNotEmpty();
  }

  private static void systemd(Mutant mutant, Spec spec, SystemdUnit.Manager manager)
      throws IOException {
    LinuxResources resources = spec.linux().resources();
    attempt(mutant, () -> UnitPlace.of(spec.linux().cgroupsPath(), "web", manager).cgroup());
    attempt(mutant, () -> AnnotatedProperties.of(spec.annotations()));
    attempt(mutant, () -> DeviceProperties.of(DeviceAllowList.of(resources.devices()), ""));
    // With the rest, the files that are named would not be reached: the rest is for cgroup v1.
    LinuxResources unified =
        new LinuxResources(null, null, null, null, null, null, null, null, resources.unified());
    attempt(mutant, () -> LimitProperties.of(CgroupV1Files.of(resources, CONTENTS)));
    attempt(mutant, () -> LimitProperties.of(CgroupV2Files.of(resources, CONTENTS)));
    attempt(mutant, () -> LimitProperties.of(CgroupV2Files.of(unified, CONTENTS)));
  }

  private static void cgroups(Mutant mutant, Spec spec) throws IOException {
    LinuxResources resources = spec.linux().resources();
    CgroupHybridFiles hybrid = new CgroupHybridFiles(resources, List.of("cpu", "hugetlb"));
    describe(mutant, hybrid.leftOut());
    describe(mutant, CgroupV2Files.leftOut(resources));
    attempt(mutant, () -> hybrid.writes(CONTENTS));
    attempt(mutant, () -> DeviceProgram.of(DeviceAllowList.of(resources.devices())).bytes());
    attempt(mutant, () -> DeviceAllowList.of(resources.devices()).v1Writes());
    attempt(mutant, () -> new ResourceChange(resources, resources).merged());
  }

  private static void write(Mutant mutant, Spec spec) {
    byte[] written = SpecWriter.write(spec).getBytes(UTF_8);
    if (written.length < LARGE) {
      Spec again = SpecReader.read(written, Spec.class).orThrow(invalid());
      assertThat(again.equals(spec)).as(mutant.place()).isTrue();
    }
  }

  private static void attempt(Mutant mutant, Attempt attempt) {
    try {
      attempt.run();
    } catch (InvalidSpecException e) {
      describe(mutant, e.problems());
      assertThat(e.getMessage()).as(mutant.place()).hasSizeLessThan(LONGEST_MESSAGE);
    } catch (UnsupportedFeatureException | ContainerException | StubException e) {
      check(mutant, e.getMessage());
    } catch (IllegalArgumentException e) {
      // Not one of its kinds, such as a NumberFormatException, which say nothing to a user.
      if (e.getClass() != IllegalArgumentException.class) {
        throw new AssertionError(mutant.place(), e);
      }
      check(mutant, e.getMessage());
    } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
      throw new AssertionError(mutant.place(), e);
    }
  }

  private static void describe(Mutant mutant, List<Problem> problems) {
    if (problems.size() > 101) {
      throw new AssertionError(mutant.place() + ": " + problems.size() + " problems");
    }
    problems.forEach(problem -> check(mutant, problem.toString()));
  }

  private static void check(Mutant mutant, String message) {
    if (message.length() > LONGEST_MESSAGE / 101) {
      throw new AssertionError(mutant.place() + ": " + message.length() + " characters");
    }
    requirePrintable(mutant, message);
  }

  /** Without AssertJ, which takes longer than all that is tested here. */
  private static void requirePrintable(Mutant mutant, String line) {
    if (!line.equals(Printable.text(line))) {
      throw new AssertionError(mutant.place() + ": " + line);
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private interface Use {
    void with(Mutant mutant, Spec spec) throws IOException;
  }
}
