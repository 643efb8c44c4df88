package dev.berth.linux.lifecycle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.Cgroups;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.LeavesNothingBehind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNothingBehind.class)
@Timeout(60)
class InitCgroupIT {
  private static final String PARENT = "/berth-init-" + ProcessHandle.current().pid();

  private Cgroups cgroups;
  private Path root;
  private Process process;

  @BeforeEach
  void prepare() throws IOException {
    assumeTrue(Host.geteuid() == 0, "needs root");
    cgroups = Cgroups.open();
    MountedHierarchy unified =
        cgroups.layout().hierarchies().stream()
            .filter(MountedHierarchy::isUnified)
            .findFirst()
            .orElse(null);
    assumeTrue(unified != null, "needs a mounted cgroup v2");
    root = Path.of(unified.mountPoint());
    process = new ProcessBuilder("sleep", "1000").start();
  }

  @AfterEach
  void tidy() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
    if (cgroups != null) {
      cgroups.close();
    }
  }

  @Test
  void is_found_below_the_containers() throws Exception {
    assertThat(below("/a/in/side")).isEqualTo(PARENT + "/a/in/side");
  }

  @Test
  void t31_a_cgroup_whose_name_begins_alike_is_not_below() throws Exception {
    assertThat(below("/ab")).isEqualTo("none");
    assertThat(below("/a")).isEqualTo("none");
  }

  @Test
  void a_path_that_is_too_long_to_be_told_is_none() throws Exception {
    assertThat(below("/a" + ("/" + "x".repeat(200)).repeat(25))).isEqualTo("none");
  }

  @Test
  void a_name_with_control_characters_is_none() throws Exception {
    assertThat(below("/a/x\tx")).isEqualTo("none");
  }

  /** Where the process is found after it was moved to {@code path}, for the container {@code a}. */
  private String below(String path) throws Exception {
    List<String> names = List.of((PARENT + path).substring(1).split("/"));
    Deque<Fd> made = new ArrayDeque<>();
    made.push(Directories.open(root.toString(), Directories.O_RDONLY, 0));
    try {
      for (String name : names) {
        Directories.mkdirat(made.getFirst(), name, 0755);
        made.push(Directories.openat(made.getFirst(), name, Directories.O_RDONLY, 0));
      }
      move(made.getFirst());
      Cgroup container = cgroups.find(new CgroupState(PARENT + "/a", Map.of(), null));
      Optional<Cgroup> found = InitCgroup.below(container, process.pid());
      return found.isEmpty() ? "none" : directory(found.get());
    } finally {
      move(made.getLast());
      for (String name : names.subList(0, made.size() - 1).reversed()) {
        made.pop().close();
        Directories.unlinkat(made.getFirst(), name, Directories.AT_REMOVEDIR);
      }
      made.pop().close();
    }
  }

  private void move(Fd cgroup) throws IOException {
    try (Fd procs = Directories.openat(cgroup, "cgroup.procs", Directories.O_WRONLY, 0)) {
      Descriptors.writeFully(procs, Long.toString(process.pid()).getBytes(US_ASCII));
    }
  }

  private String directory(Cgroup cgroup) throws IOException {
    try (Fd directory = cgroup.openUnified().orElseThrow()) {
      Path path = Files.readSymbolicLink(Path.of("/proc/self/fd/" + directory.number()));
      return "/" + root.relativize(path);
    }
  }
}
