package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.Pids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Of either version of cgroups, whichever the host has. */
@ExtendWith(LeavesNothingBehind.class)
class CgroupRacesIT {
  private static final int THREADS = 16;
  private static final int ROUNDS = 10;
  private static final String ID = "it-%d-race".formatted(ProcessHandle.current().pid());

  private Cgroups cgroups;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(Host.geteuid() == 0, "needs root");
    cgroups = Cgroups.open();
    assumeTrue(
        cgroups.hierarchyOf("pids").isPresent(), "needs the pids controller, of either version");
  }

  @AfterEach
  void close() {
    if (cgroups != null) {
      cgroups.close();
    }
  }

  @Test
  @Timeout(300)
  void siblings_are_made_with_limits_and_the_last_one_takes_the_parents_away() throws Exception {
    inParallel(thread -> {
      for (int round = 0; round < ROUNDS; round++) {
        Cgroup cgroup = create("%s/pods/%d-%d".formatted(ID, thread, round));
        assertThat(pidsMax(cgroup)).isEqualTo("7");
        cgroup.remove();
      }
    });
    for (MountedHierarchy hierarchy : cgroups.layout().hierarchies()) {
      assertThat(Path.of(hierarchy.mountPoint(), ID)).doesNotExist();
    }
  }

  @Test
  void a_hundred_are_left_to_one_that_removes_them_in_any_order() throws Exception {
    List<Cgroup> made = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      made.add(create("%s/pods/%d".formatted(ID, i)));
    }
    for (Cgroup each : made) {
      each.remove();
    }
    for (MountedHierarchy hierarchy : cgroups.layout().hierarchies()) {
      assertThat(Path.of(hierarchy.mountPoint(), ID)).doesNotExist();
    }
  }

  private Cgroup create(String cgroupsPath) throws CgroupException {
    LinuxResources resources = LinuxResources.NONE.withPids(new Pids(7L));
    return cgroups
        .foresee(new CgroupRequest(ID, cgroupsPath, resources, OptionalLong.empty(), Map.of()))
        .make()
        .orElseThrow()
        .cgroup();
  }

  private String pidsMax(Cgroup cgroup) throws IOException {
    MountedHierarchy pids = cgroups.hierarchyOf("pids").orElseThrow().mount();
    return Files.readString(cgroup.directory(pids).resolve("pids.max")).strip();
  }

  private interface Work {
    void run(int thread) throws Exception;
  }

  private static void inParallel(Work work) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Callable<Void>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        all.add(() -> {
          work.run(thread);
          return null;
        });
      }
      for (Future<Void> each : executor.invokeAll(all)) {
        each.get();
      }
    }
  }
}
