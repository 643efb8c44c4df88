package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerException;
import dev.berth.ContainerRuntime;
import dev.berth.Limits;
import dev.berth.UnsupportedFeatureException;
import dev.berth.Usage;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.linux.testing.Operate;
import dev.berth.linux.testing.Systemctl;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers whose cgroups systemd makes: of root, or of a user with a session. */
@ExtendWith(LeavesNothingBehind.class)
class SystemdIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int AT_ONCE = 8;
  private static final int KILLS = 4;
  private static final int RUNS = 30;

  /**
   * What systemd has counted, measured or timed, by the ends of the names: whether it is the same
   * for two units is chance. No setting has such a name.
   */
  private static final String MEASURED =
      ".*(Bytes|Operations|Packets|Current|Peak|Available|UsageNSec|Timestamp|TimestampMonotonic)";

  /**
   * What systemd gives to one unit only, our own words, who has it kept, that runc sets all of it
   * twice, and the devices, which are compared without their order.
   */
  private static final List<String> DIFFERENT_FROM_RUNC =
      List.of(
          "ControlGroupId", "InvocationID", "Description", "Refs", "DropInPaths", "DeviceAllow");

  @RegisterExtension static final Containers containers = new Containers();

  private static ContainerRuntime runtime;

  @BeforeAll
  static void prepare() {
    runtime = containers.runtimeOfSystemd();
  }

  @Test
  void has_a_unit_with_its_limits_before_it_is_started_and_none_afterwards() throws Exception {
    String id = Containers.newId();
    try (Container container =
        sleeping(id).limits(Limits.NONE.memory(64 << 20).pids(20)).create()) {
      String cgroup = Systemctl.show(unit(id)).get("ControlGroup");
      assertThat(cgroup).endsWith(".slice/" + unit(id));
      assertThat(cgroupOf(container.process().pid())).isEqualTo(cgroup);
      assertThat(file(cgroup, "memory.max")).isEqualTo("67108864");
      assertThat(file(cgroup, "pids.max")).isEqualTo("20");

      container.start();
      assertThat(container.exec("cat", "/proc/1/cgroup").run(LIMIT).orThrow().output())
          .isEqualTo("0::" + cgroup + "\n");
    }
    assertThat(Systemctl.units("*" + id + "*")).isEmpty();
  }

  @Test
  void leaves_no_unit_after_a_run() throws Exception {
    String id = Containers.newId();
    assertThat(builder(id).command("echo", "done").run(LIMIT).orThrow().output())
        .isEqualTo("done\n");
    assertThat(builder(id).command("false").run(LIMIT).exitValue()).isEqualTo(1);
    assertThat(Systemctl.units("*" + id + "*")).isEmpty();
  }

  @Test
  void what_a_short_program_used_is_known_after_each_run() throws Exception {
    String id = Containers.newId();
    for (int i = 0; i < RUNS; i++) {
      Usage usage = builder(id).command("true").run(LIMIT).orThrow().usage();
      assertThat(usage.cpu()).isBetween(Duration.ofNanos(1), LIMIT);
      assertThat(usage.peakMemory()).isPresent();
      assertThat(usage.peakMemory().getAsLong()).isBetween(4096L, 256L << 20);
      assertThat(Systemctl.units("*" + id + "*")).isEmpty();
    }
  }

  @Test
  void what_children_used_is_known_that_nobody_waited_for() throws Exception {
    String id = Containers.newId();
    // Field 14 is its time in programs, in hundredths of a second; see proc_pid_stat(5).
    String burn =
        "(while :; do :; done) &"
            + " while [ $(cut -d' ' -f14 /proc/$!/stat) -lt 100 ]; do sleep 0.1; done";
    Usage usage = builder(id).command("sh", "-c", burn).run(LIMIT).orThrow().usage();
    assertThat(usage.cpu()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
    assertThat(Systemctl.units("*" + id + "*")).isEmpty();
  }

  @Test
  void a_container_that_ended_and_is_not_deleted_yet_keeps_no_unit() throws Exception {
    String id = Containers.newId();
    try (Container container = builder(id).command("true").start()) {
      container.process().waitFor();
      Systemctl.awaitNoUnits("*" + id + "*");
      assertThat(container.process().usage().orElseThrow().peakMemory()).isPresent();
    }
  }

  @Test
  void leaves_no_unit_of_a_container_that_fails() throws Exception {
    String id = Containers.newId();
    assertThatThrownBy(() -> builder(id).command("/missing").create())
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining("/missing");
    assertThat(Systemctl.units("*" + id + "*")).isEmpty();
    assertThat(runtime.find(id)).isEmpty();
  }

  @Test
  void is_made_by_many_threads_at_once() throws Exception {
    List<String> ids = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> seen = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        String id = Containers.newId();
        ids.add(id);
        Callable<String> oneContainer =
            () -> {
              try (Container container = sleeping(id).create()) {
                return cgroupOf(container.process().pid());
              }
            };
        seen.add(threads.submit(oneContainer));
      }
      for (int i = 0; i < AT_ONCE; i++) {
        assertThat(seen.get(i).get()).endsWith("/" + unit(ids.get(i)));
      }
    }
    assertThat(Systemctl.units("berth-it-" + ProcessHandle.current().pid() + "*")).isEmpty();
  }

  @Test
  void does_not_take_the_unit_of_another_container() throws Exception {
    String id = Containers.newId();
    String other = Containers.newId();
    try (Container container = in(":berth:" + id, sleeping(id)).create()) {
      assertThatThrownBy(() -> in(":berth:" + id, sleeping(other)).create())
          .isInstanceOf(ContainerException.class)
          .hasMessage(
              "container \"%s\": systemd: unit \"%s\": there is one of this name already, which is active; stop it (systemctl stop %s), or choose another name in linux.cgroupsPath",
              other, unit(id), unit(id));
      assertThat(container.process().isAlive()).isTrue();
    }
    assertThat(runtime.containers()).isEmpty();
  }

  @Test
  void takes_properties_of_the_unit_from_annotations() throws Exception {
    String id = Containers.newId();
    try (Container _ = annotated("TimeoutStopSec", "uint64 17", sleeping(id)).create()) {
      assertThat(Systemctl.show(unit(id))).containsEntry("TimeoutStopUSec", "17s");
    }
  }

  @Test
  void t35_an_annotation_does_not_reach_beyond_the_container() throws Exception {
    String id = Containers.newId();
    assertThatThrownBy(() -> annotated("SuccessAction", "'poweroff'", sleeping(id)).create())
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageStartingWith(
            "annotations[\"org.systemd.property.SuccessAction\"]: not taken from an annotation");
    assertThat(Systemctl.units("*" + id + "*")).isEmpty();
    assertThat(runtime.find(id)).isEmpty();
  }

  @Test
  void nothing_that_a_killed_jvm_left_is_beyond_deletion() throws Exception {
    String bundle = containers.bundle(sleeping(Containers.newId())).toString();
    Random random = new Random(1);
    for (int round = 0; round < KILLS; round++) {
      String id = Containers.newId();
      List<String> options =
          List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dberth.test.driver=SYSTEMD");
      Process jvm =
          ChildJvm.start(
              ChildJvm.command(
                  options, Operate.class, List.of(runtime.root().toString(), bundle, "loop", id)));
      try (BufferedReader reader = ChildJvm.reader(jvm)) {
        assertThat(reader.readLine()).isEqualTo("begins");
        Thread.sleep(random.nextInt(4000));
        jvm.destroyForcibly().waitFor();
      }
      runtime.containers().forEach(Container::deleteForcibly);
      assertThat(Systemctl.units("*" + id + "*")).isEmpty();
    }
  }

  @Test
  void is_the_unit_that_runc_makes() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/runc")), "needs runc (Debian: runc)");
    String id = Containers.newId();
    // A cgroup2 that runc mounts takes nsdelegate from that of the host, which has the same root.
    ContainerBuilder builder =
        in(":berth:" + id, sleeping(id))
            .limits(limits())
            .edit(spec ->
                spec.withMounts(
                    spec.mounts().stream().filter(each -> !"cgroup".equals(each.type())).toList()));
    Map<String, String> ours;
    try (Container container = builder.create()) {
      ours = Systemctl.show(unit(id));
      assertThat(container.process().isAlive()).isTrue();
    }
    Path bundle = containers.bundle(builder);
    runc("--systemd-cgroup", "create", "--bundle", bundle.toString(), id);
    Map<String, String> theirs = Systemctl.show(unit(id));
    runc("delete", "--force", id);
    assertThat(comparable(ours)).containsExactlyInAnyOrderEntriesOf(comparable(theirs));
    if (Systemctl.ofSystem()) {
      // A console that somebody binds into the container.
      assertThat(devices(ours)).containsAll(devices(theirs)).contains("/dev/char/5:1 rwm");
      assertThat(devices(ours)).hasSize(devices(theirs).size() + 1);
    }
  }

  private static List<String> devices(Map<String, String> properties) {
    return Pattern.compile("\\S+ \\S+")
        .matcher(properties.getOrDefault("DeviceAllow", ""))
        .results()
        .map(MatchResult::group)
        .toList();
  }

  private static Map<String, String> comparable(Map<String, String> properties) {
    Map<String, String> comparable = new TreeMap<>(properties);
    comparable.keySet().removeAll(DIFFERENT_FROM_RUNC);
    comparable.keySet().removeIf(name -> name.matches(MEASURED));
    if (!Systemctl.ofSystem()) {
      // The user's systemd, which cannot hold to it, is not told of devices here.
      comparable.remove("DevicePolicy");
    }
    return comparable;
  }

  private static void runc(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/usr/sbin/runc"));
    command.addAll(List.of(arguments));
    int status =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    assertThat(status).isZero();
  }

  private static Limits limits() {
    return Limits.NONE.memory(64 << 20).pids(20).cpus(0.5);
  }

  private static ContainerBuilder sleeping(String id) {
    return builder(id).command("sleep", "1000");
  }

  private static ContainerBuilder builder(String id) {
    return Containers.seeingCgroups(runtime.container(id).rootfs(containers.root()));
  }

  private static ContainerBuilder in(String place, ContainerBuilder builder) {
    return builder.edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(place)));
  }

  private static ContainerBuilder annotated(
      String property, String value, ContainerBuilder builder) {
    return builder.edit(
        spec -> spec.withAnnotations(Map.of("org.systemd.property." + property, value)));
  }

  private static String unit(String id) {
    return "berth-" + id + ".scope";
  }

  private static String cgroupOf(long pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/cgroup")).strip().substring("0::".length());
  }

  private static String file(String cgroup, String name) throws IOException {
    return Files.readString(Path.of("/sys/fs/cgroup" + cgroup, name)).strip();
  }
}
