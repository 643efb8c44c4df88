package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.Result;
import dev.berth.Signal;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.IdMapping;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.HugepageLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a container's cgroup may be, whichever versions of cgroups the host has. */
@RunsContainers
class CgroupPlacesIT {
  private static final int THREADS = 8;
  private static final int UID = 1000;

  /** Each has a cgroup in every hierarchy. */
  private static final int CONTAINERS = Integer.getInteger("berth.cgroups.containers", 300);

  @RegisterExtension static final Containers containers = new Containers();

  private static CgroupLayout layout;

  @BeforeAll
  static void look() throws IOException {
    layout =
        CgroupLayout.parse(
            Files.readString(Path.of("/proc/self/mountinfo")),
            Files.readString(Path.of("/proc/self/cgroup")));
  }

  @Test
  @Timeout(900)
  void of_many_containers_in_one_parent_nothing_is_left_in_any_hierarchy() throws Exception {
    String parent = "/" + Containers.newId();
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Future<String>> all = new ArrayList<>();
      for (int i = 0; i < CONTAINERS; i++) {
        String path = parent + "/pods/" + i;
        all.add(executor.submit(() -> Containers.output(at(path).command("echo", path))));
      }
      for (int i = 0; i < CONTAINERS; i++) {
        assertThat(all.get(i).get()).isEqualTo(parent + "/pods/" + i);
      }
    }
    for (MountedHierarchy hierarchy : layout.hierarchies()) {
      assertThat(Path.of(hierarchy.mountPoint(), parent)).doesNotExist();
    }
  }

  /** As a program with cgroups of its own may: the kernel does not say who is in such a cgroup. */
  @Test
  void a_container_whose_threads_have_cgroups_is_killed_and_deleted() throws Exception {
    MountedHierarchy unified =
        layout.hierarchies().stream().filter(MountedHierarchy::isUnified).findFirst().orElse(null);
    assumeTrue(unified != null, "needs cgroup v2");
    String path = "/" + Containers.newId();
    try (Container container = at(path).command("sleep", "1000").start()) {
      long pid = container.process().pid();
      Path threads =
          Files.createDirectories(Path.of(unified.mountPoint(), path).resolve("threads/more"));
      for (Path each : List.of(threads.getParent(), threads)) {
        Files.writeString(each.resolve("cgroup.type"), "threaded");
      }
      Files.writeString(threads.resolve("cgroup.threads"), Long.toString(pid));

      assertThat(container.processes()).extracting(ProcessHandle::pid).containsExactly(pid);
      container.killAll(Signal.KILL);
      container.process().waitFor();
      container.delete();
      assertThat(threads.getParent().getParent()).doesNotExist();
    }
  }

  @Test
  void of_containers_that_are_made_in_one_cgroup_at_once_there_comes_to_be_one() throws Exception {
    String path = "/" + Containers.newId();
    List<Container> made = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Container>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(executor.submit(() -> at(path).command("sleep", "1000").start()));
      }
      for (Future<Container> each : all) {
        try {
          made.add(each.get());
        } catch (ExecutionException e) {
          refusals.add(e.getCause().getMessage());
        }
      }
    }
    try {
      assertThat(made).hasSize(1);
      assertThat(refusals)
          .hasSize(THREADS - 1)
          .allMatch(refusal ->
              refusal.endsWith("not empty: 1 processes; stop them, or choose another cgroup")
                  || refusal.endsWith(
                      "it was made for another container; delete that, or choose another cgroup"));
      assertThat(made.getFirst().processes()).hasSize(1);
    } finally {
      made.forEach(Container::close);
    }
    for (MountedHierarchy hierarchy : layout.hierarchies()) {
      assertThat(Path.of(hierarchy.mountPoint(), path)).doesNotExist();
    }
  }

  @Test
  void a_cgroup_is_a_containers_until_that_is_deleted() throws Exception {
    String path = "/" + Containers.newId();
    try (Container container = at(path).command("true").start()) {
      container.process().waitFor();
      assertThat(refusal(at(path).command("true")))
          .isEqualTo(
              "container \"ID\": cgroup \"%s\": it was made for another container; delete that, or"
                  + " choose another cgroup",
              path);
    }
    assertThat(Containers.output(at(path).command("echo", "free"))).isEqualTo("free");
  }

  @Test
  void a_cgroup_that_was_there_serves_one_container_after_the_other() throws Exception {
    String path = "/" + Containers.newId();
    for (MountedHierarchy hierarchy : layout.hierarchies()) {
      Files.createDirectory(Path.of(hierarchy.mountPoint(), path));
    }
    try {
      for (String word : List.of("one", "two")) {
        try (Container container = at(path).command("sleep", "1000").start()) {
          Result further = container.exec("echo", word).run(Duration.ofSeconds(60));
          assertThat(further.orThrow().output().strip()).isEqualTo(word);
        }
      }
    } finally {
      for (MountedHierarchy hierarchy : layout.hierarchies()) {
        Files.delete(Path.of(hierarchy.mountPoint(), path));
      }
    }
  }

  @Test
  void a_relative_path_of_roots_begins_at_the_root() throws Exception {
    String id = Containers.newId();
    try (Container container = at(id + "/box").command("sleep", "1000").start()) {
      assertThat(Files.readAllLines(Path.of("/proc/" + container.process().pid() + "/cgroup")))
          .filteredOn(line -> line.endsWith(":/" + id + "/box"))
          .hasSize(layout.hierarchies().size());
    }
  }

  @Test
  void a_path_with_a_line_end_is_refused() {
    assertThat(refusal(at("/a\nb").command("true")))
        .isEqualTo(
            "config.json: linux.cgroupsPath: cgroup \"/a\\nb\": control characters are not allowed");
  }

  @Test
  void a_cgroup_beside_a_threaded_one_is_refused() throws Exception {
    Path unified = unified().resolve(Containers.newId());
    Path threaded = unified.resolve("threads");
    Files.createDirectories(threaded);
    try {
      Files.writeString(threaded.resolve("cgroup.type"), "threaded");
      assertThat(refusal(at("/" + unified.getFileName() + "/box").command("true")))
          .matches(
              "container \"ID\": fork into the cgroup, .*: clone3: EOPNOTSUPP \\(Operation not supported\\); the"
                  + " cgroup is threaded, or in one that is, and takes no process; name another"
                  + " one in linux.cgroupsPath");
      assertThat(refusal(at("/" + unified.getFileName() + "/threads").command("true")))
          .endsWith(
              "EOPNOTSUPP (Operation not supported); it is threaded, or in one that is: threads are"
                  + " divided among such cgroups, and processes and memory cannot be; name another"
                  + " one in linux.cgroupsPath");
    } finally {
      Files.delete(threaded);
      Files.delete(unified);
    }
  }

  @Test
  void whoever_is_in_the_way_of_a_limit_is_named() throws Exception {
    assumeTrue(!layout.isV1(), "needs a host with cgroup v2 alone");
    String outer = "/" + Containers.newId();
    try (Container container = at(outer).command("sleep", "1000").start()) {
      assertThat(refusal(at(outer + "/inner").limits(Limits.NONE.pids(7)).command("true")))
          .isEqualTo(
              "container \"ID\": pids limit: cgroup \"%s\" can hand controllers down only without"
                  + " processes in itself: %d (sleep); move them into a cgroup in it, or name"
                  + " another one in linux.cgroupsPath",
              outer, container.process().pid());
      assertThat(unified().resolve("." + outer + "/inner")).doesNotExist();
    }
  }

  @Test
  void a_cgroup_that_hands_controllers_down_is_refused() throws Exception {
    assumeTrue(!layout.isV1(), "needs a host with cgroup v2 alone");
    String outer = "/" + Containers.newId();
    try (Container container =
        at(outer + "/inner").limits(Limits.NONE.pids(7)).command("sleep", "1000").start()) {
      assertThat(container.process().isAlive()).isTrue();
      container.process().destroyForcibly().waitFor();
      assertThat(refusal(at(outer).command("true")))
          .isEqualTo(
              "container \"ID\": cgroup \"%s\": it hands controllers down to those in it, and so"
                  + " takes no process; choose one in it",
              outer);
    }
  }

  /** In a cgroup of root's, as in a login by ssh; and with cgroup v2 alone. */
  @Test
  void a_user_whom_nothing_is_delegated_to_does_without_or_is_told_how_to_get_one()
      throws Exception {
    Path state = Files.createDirectory(containers.directory().resolve("undelegated"));
    Files.setAttribute(state, "unix:uid", UID);
    ContainerJvm jvm =
        ContainerJvm.of(UID, containers.directory().resolve("classes"))
            .startedBy(
                "unshare",
                "-m",
                "sh",
                "-ec",
                "mount --bind %s /sys/fs/cgroup; exec \"$@\"".formatted(unified()),
                "sh");
    String refusal =
        "container \"ID\": cgroup \"/ID%s\": make it in /sys/fs/cgroup: EACCES (Permission denied);"
            + " uid 1000 has none there; run in one that is delegated to it, as by systemd-run"
            + " --user --scope -p Delegate=yes COMMAND, or name one in linux.cgroupsPath";
    assertThat(jvm.run(state, containers.bundle(rootless(containers.shell("echo runs")))))
        .isEqualTo("runs");
    LinuxResources hugepages =
        new LinuxResources(
            null, null, null, null, null, List.of(new HugepageLimit("2MB", 0)), null, null, null);
    ContainerBuilder limited =
        rootless(containers.container("true"))
            .edit(spec -> spec.withLinux(spec.linux().withResources(hugepages)));
    assertThat(jvm.run(state, containers.bundle(limited)).replaceAll("it-\\d+-\\d+", "ID"))
        .isEqualTo(refusal, "");
    ContainerBuilder placed = rootless(at(Containers.newId() + "/box").command("true"));
    assertThat(jvm.run(state, containers.bundle(placed)).replaceAll("it-\\d+-\\d+", "ID"))
        .isEqualTo(refusal, "/box");
    assertThat(state).isEmptyDirectory();
  }

  private static Path unified() {
    return layout.hierarchies().stream()
        .filter(MountedHierarchy::isUnified)
        .findFirst()
        .map(hierarchy -> Path.of(hierarchy.mountPoint()))
        .orElseThrow();
  }

  private static ContainerBuilder rootless(ContainerBuilder builder) {
    List<IdMapping> one = List.of(new IdMapping(0, UID, 1));
    return builder
        .edit(spec -> UserNamespaceIT.withUserNamespace(spec, one))
        .edit(RootlessIT::withoutGroupOfTerminals);
  }

  private static ContainerBuilder at(String cgroupsPath) {
    return containers
        .container()
        .edit(spec -> spec.withLinux(spec.linux().withCgroupsPath(cgroupsPath)));
  }
}
