package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import dev.berth.spec.Mount;
import dev.berth.spec.Rlimit;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations with more mounts than a process may have open files. */
@RunsContainers
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ManyMountsIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int FEW_FILES = 256;

  /** Of the mounts, and the limits of the program. */
  private static final String SCRIPT =
      "grep -c ' /mnt/' /proc/self/mountinfo; ulimit -Sn; ulimit -Hn";

  @RegisterExtension static final Containers containers = new Containers();

  private static Path source;

  @BeforeAll
  static void prepare() throws IOException {
    source = Files.createDirectory(containers.directory().resolve("source"));
    // In a user namespace, root may not make it in a root that is the host's root's.
    Files.createDirectory(containers.root().resolve("mnt"));
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 1500, 10_000})
  void runs_with_as_many_bind_mounts(int count) throws Exception {
    ContainerBuilder builder = limited(containers.shell(SCRIPT)).edit(spec -> with(spec, count));
    assertThat(builder.run(LIMIT).orThrow().output()).isEqualTo(count + "\n100\n200\n");
  }

  /** Those wait for the last device that is made in them. */
  @Test
  void runs_with_many_read_only_file_systems() throws Exception {
    assertThat(withFewFiles(containers.shell(SCRIPT), places(1000).map(ManyMountsIT::readonly)))
        .isEqualTo("1000\n100\n200");
  }

  /** Whose sources are all opened before the ids change. */
  @Test
  void runs_with_many_sources_in_a_user_namespace() throws Exception {
    assertThat(withFewFiles(owned(SCRIPT), places(400).map(ManyMountsIT::bind)))
        .isEqualTo("400\n100\n200");
  }

  /** Which the runtime opens, and hands over. */
  @Test
  void runs_with_many_trees_whose_ids_are_mapped() throws Exception {
    Stream<Mount> mounts =
        places(600)
            .map(place -> new Mount(place, "bind", source.toString(), List.of("rbind", "idmap")));
    assertThat(withFewFiles(owned(SCRIPT), mounts)).isEqualTo("600\n100\n200");
  }

  @Test
  void runs_with_many_sources_that_only_the_runtime_can_reach() throws Exception {
    Path home = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Path hidden = Files.createDirectory(home.resolve("hidden"));
    Files.setAttribute(home, "unix:mode", 0700);
    Files.setAttribute(home, "unix:uid", 12_345);
    Stream<Mount> mounts = places(600).map(place -> Mount.bind(hidden.toString(), place));
    assertThat(withFewFiles(owned(SCRIPT), mounts)).isEqualTo("600\n100\n200");
  }

  @Test
  void says_how_many_sources_can_be_open_at_once() {
    ContainerBuilder builder = Privilege.USER_NAMESPACE.given(containers.container("true"));
    assertThat(refusal(builder.edit(spec -> with(spec, 100_000))))
        .matches(
            "config\\.json: mounts: \\d+ descriptors must be open at once, and the runtime's hard"
                + " RLIMIT_NOFILE is \\d+; raise it, or use fewer mounts");
  }

  /** Whose limit of open files is another one. */
  @Test
  void runs_with_many_read_only_file_systems_and_a_hook() throws Exception {
    Path file = containers.directory().resolve(Containers.newId());
    ContainerBuilder builder =
        limited(containers.shell(SCRIPT))
            .edit(spec -> spec.withHooks(createContainer("ulimit -Sn >" + file)))
            .edit(spec -> withMounts(spec, places(1500).map(ManyMountsIT::readonly)));
    assertThat(builder.run(LIMIT).orThrow().output()).isEqualTo("1500\n100\n200\n");
    assertThat(file).hasContent("1024\n");
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void explains_a_hundred_thousand() {
    ContainerBuilder builder = containers.container("true");
    places(100_000).forEach(place -> builder.bind(source, place));
    assertThat(builder.explain().lines().filter(line -> line.contains(" at /mnt/")).count())
        .isEqualTo(100_000);
  }

  private static Hooks createContainer(String script) {
    Hook hook = new Hook("/bin/sh", List.of("sh", "-c", script), List.of(), null);
    return new Hooks(List.of(), List.of(), List.of(hook), List.of(), List.of(), List.of());
  }

  private static ContainerBuilder owned(String script) {
    return Privilege.USER_NAMESPACE.given(containers.shell(script));
  }

  /** In a JVM with few open files, and a container of {@code builder} with more mounts. */
  private static String withFewFiles(ContainerBuilder builder, Stream<Mount> more)
      throws IOException {
    List<Mount> mounts = more.toList();
    Path bundle =
        containers.bundle(limited(builder).edit(spec -> withMounts(spec, mounts.stream())));
    return ContainerJvm.withOpenFiles(FEW_FILES)
        .run(Files.createDirectory(containers.directory().resolve(Containers.newId())), bundle);
  }

  private static ContainerBuilder limited(ContainerBuilder builder) {
    List<Rlimit> limits = List.of(new Rlimit(Rlimit.Type.RLIMIT_NOFILE, 200, 100));
    return builder.edit(spec -> spec.withProcess(spec.process().withRlimits(limits)));
  }

  private static Spec with(Spec spec, int count) {
    return withMounts(spec, places(count).map(ManyMountsIT::bind));
  }

  /** They are on a tmpfs, so that no mount point stays in the root. */
  private static Spec withMounts(Spec spec, Stream<Mount> more) {
    List<Mount> mounts = new ArrayList<>(spec.mounts());
    mounts.add(new Mount("/mnt", "tmpfs", "tmpfs", List.of()));
    more.forEach(mounts::add);
    return spec.withMounts(mounts);
  }

  private static Mount readonly(String place) {
    return new Mount(place, "tmpfs", "tmpfs", List.of("ro", "size=4k"));
  }

  private static Mount bind(String place) {
    return Mount.bind(source.toString(), place, "ro");
  }

  private static Stream<String> places(int count) {
    return IntStream.range(0, count).mapToObj(i -> "/mnt/" + i);
  }
}
