package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.spec.LinuxResources;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several who want the same cgroup at the same moment, of either version. */
@ExtendWith(LeavesNothingBehind.class)
class CgroupRivalsIT {
  private static final int RIVALS = 16;
  private static final int ROUNDS = 20;
  private static final String ID = "it-%d-rival".formatted(ProcessHandle.current().pid());

  private Cgroups cgroups;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(Host.geteuid() == 0, "needs root");
    cgroups = Cgroups.open();
    assumeTrue(!cgroups.hierarchies().isEmpty(), "needs cgroups");
  }

  @AfterEach
  void close() {
    if (cgroups != null) {
      cgroups.close();
    }
  }

  /** What became of a rival's wish. */
  private record Outcome(NewCgroup made, String refusal) {
    static Outcome of(Cgroups cgroups, String path) {
      LinuxResources none = LinuxResources.NONE;
      CgroupRequest request = new CgroupRequest(ID, path, none, OptionalLong.empty(), Map.of());
      try {
        return new Outcome(cgroups.foresee(request).make().orElseThrow(), null);
      } catch (CgroupException e) {
        return new Outcome(null, e.getMessage());
      }
    }
  }

  @Test
  @Timeout(300)
  void a_new_cgroup_is_one_containers_until_it_is_removed() throws Exception {
    String path = "/" + ID;
    for (int round = 0; round < ROUNDS; round++) {
      List<Outcome> outcomes = atOnce(() -> Outcome.of(cgroups, path));

      Cgroup made = winner(outcomes).cgroup();
      assertThat(refusals(outcomes))
          .hasSize(RIVALS - 1)
          .containsOnly(
              "cgroup \"%s\": it was made for another container; delete that, or choose another cgroup"
                  .formatted(path));
      assertThat(made.isNew()).isTrue();
      made.remove();
      assertThatNothingIs(path);
    }
  }

  @Test
  @Timeout(300)
  void a_cgroup_that_was_there_is_one_containers_until_its_process_is_in() throws Exception {
    String path = "/" + ID;
    for (MountedHierarchy hierarchy : cgroups.layout().hierarchies()) {
      Files.createDirectory(Path.of(hierarchy.mountPoint(), path));
    }
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<Outcome> outcomes = atOnce(() -> Outcome.of(cgroups, path));

        NewCgroup made = winner(outcomes);
        assertThat(refusals(outcomes))
            .hasSize(RIVALS - 1)
            .containsOnly(
                "cgroup \"%s\": another container is just being made in it; choose another cgroup"
                    .formatted(path));
        try (SleepingProcess process = new SleepingProcess()) {
          process.join(made.cgroup());
          made.release();
          assertThat(Outcome.of(cgroups, path).refusal())
              .isEqualTo(
                  "cgroup \"%s\": not empty: 1 processes; stop them, or choose another cgroup",
                  path);
        }
        made.cgroup().remove();
      }
    } finally {
      for (MountedHierarchy hierarchy : cgroups.layout().hierarchies()) {
        Files.delete(Path.of(hierarchy.mountPoint(), path));
      }
    }
  }

  /** With one that is in some hierarchies only, as an engine may have made it. */
  @Test
  @Timeout(300)
  void a_cgroup_that_was_there_in_part_is_one_containers() throws Exception {
    String path = "/" + ID;
    MountedHierarchy last = cgroups.layout().hierarchies().getLast();
    Path mine = Files.createDirectory(Path.of(last.mountPoint(), path));
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<Outcome> outcomes = atOnce(() -> Outcome.of(cgroups, path));

        NewCgroup made = winner(outcomes);
        assertThat(refusals(outcomes)).hasSize(RIVALS - 1);
        made.cgroup().remove();
        made.release();
      }
    } finally {
      Files.delete(mine);
    }
    assertThatNothingIs(path);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(300)
  void of_two_jvms_one_gets_it(boolean isThere) throws Exception {
    String path = "/" + ID;
    try (Rival one = Rival.start();
        Rival two = Rival.start()) {
      for (int round = 0; round < ROUNDS; round++) {
        if (isThere) {
          for (MountedHierarchy hierarchy : cgroups.layout().hierarchies()) {
            Files.createDirectory(Path.of(hierarchy.mountPoint(), path));
          }
        }
        one.tell(path);
        two.tell(path);
        List<String> answers = List.of(one.answer(), two.answer());
        assertThat(answers).containsOnlyOnce("made");
        assertThat(answers)
            .filteredOn(answer -> !answer.equals("made"))
            .singleElement()
            .isEqualTo(
                isThere
                    ? "cgroup \"%s\": another container is just being made in it; choose another cgroup"
                        .formatted(path)
                    : "cgroup \"%s\": it was made for another container; delete that, or choose another cgroup"
                        .formatted(path));
        one.tell("remove");
        two.tell("remove");
        assertThat(List.of(one.answer(), two.answer())).containsExactly("removed", "removed");
        if (isThere) {
          for (MountedHierarchy hierarchy : cgroups.layout().hierarchies()) {
            Files.delete(Path.of(hierarchy.mountPoint(), path));
          }
        }
        assertThatNothingIs(path);
      }
    }
  }

  /** A JVM that makes cgroups as it is told. */
  private record Rival(Process jvm, BufferedReader answers, PrintStream orders)
      implements AutoCloseable {

    static Rival start() throws IOException {
      Process jvm = ChildJvm.start(Rival.class);
      PrintStream orders = new PrintStream(jvm.getOutputStream(), true, StandardCharsets.UTF_8);
      return new Rival(jvm, ChildJvm.reader(jvm), orders);
    }

    void tell(String order) {
      orders.println(order);
    }

    String answer() throws IOException {
      return answers.readLine();
    }

    @Override
    public void close() {
      orders.close();
      assertThat(jvm.onExit().join().exitValue()).isZero();
    }

    public static void main(String[] args) throws IOException {
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      Outcome last = null;
      try (Cgroups cgroups = Cgroups.open()) {
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
          if (order.equals("remove")) {
            if (last != null && last.made() != null) {
              last.made().cgroup().remove();
              last.made().release();
            }
            System.out.println("removed");
          } else {
            last = Outcome.of(cgroups, order);
            System.out.println(last.made() == null ? last.refusal() : "made");
          }
        }
      }
    }
  }

  private static NewCgroup winner(List<Outcome> outcomes) {
    List<NewCgroup> winners =
        outcomes.stream().map(Outcome::made).filter(each -> each != null).toList();
    assertThat(winners).hasSize(1);
    return winners.getFirst();
  }

  private static List<String> refusals(List<Outcome> outcomes) {
    return outcomes.stream().map(Outcome::refusal).filter(each -> each != null).toList();
  }

  private void assertThatNothingIs(String path) {
    for (MountedHierarchy hierarchy : cgroups.layout().hierarchies()) {
      assertThat(Path.of(hierarchy.mountPoint(), path)).doesNotExist();
    }
  }

  private static <T> List<T> atOnce(Callable<T> wish) throws Exception {
    CyclicBarrier start = new CyclicBarrier(RIVALS);
    List<T> results = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(RIVALS)) {
      List<Callable<T>> all = new ArrayList<>();
      for (int i = 0; i < RIVALS; i++) {
        all.add(() -> {
          start.await();
          return wish.call();
        });
      }
      for (Future<T> each : executor.invokeAll(all)) {
        results.add(each.get());
      }
    }
    return results;
  }
}
