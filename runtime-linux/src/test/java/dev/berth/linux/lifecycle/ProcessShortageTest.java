package dev.berth.linux.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.lifecycle.ProcessShortage.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The limit that is reached is named, wherever it is. */
class ProcessShortageTest {
  @TempDir private Path machine;

  @BeforeEach
  void a_machine_with_room() throws IOException {
    file("proc/self/cgroup", "0::/app\n");
    file("proc/self/status", "Uid:\t1000\t1000\nCapEff:\t0000000000000000\n");
    file("proc/self/limits", "Limit  Soft  Hard\nMax processes             100   200  processes\n");
    file("proc/loadavg", "0.20 0.18 0.12 1/80 11206\n");
    file("proc/sys/kernel/threads-max", "1000\n");
    file("proc/sys/kernel/pid_max", "1000\n");
    process(20, "S", "/pods/a/web", 1000, 3);
  }

  @Test
  void a_cgroup_of_the_container() throws Exception {
    limit("/pods/a/web", 2, 2);
    assertThat(reason())
        .isEqualTo(
            "pids.max of cgroup \"/pods/a/web\" is 2, and 2 processes and threads are in it; raise it"
                + " (linux.resources.pids.limit, or TasksMax of a systemd unit), or end some");
  }

  @Test
  void a_cgroup_above_and_the_zombies_that_fill_it() throws Exception {
    limit("/pods/a/web", 1, 2);
    limit("/pods", 5, 5);
    process(21, "Z", "/pods/b", 1000, 1);
    process(22, "Z", "/other", 1000, 1);
    assertThat(reason())
        .startsWith(
            "pids.max of cgroup \"/pods\" is 5, and 5 processes and threads are in it, 1 of them"
                + " zombies that no parent reaps; ");
  }

  @Test
  void a_limit_of_the_user() throws Exception {
    process(23, "S", "/app", 1000, 97);
    process(24, "S", "/app", 1001, 500);
    assertThat(reason())
        .isEqualTo(
            "RLIMIT_NPROC is 100, and uid 1000 has 100 processes and threads; raise it (ulimit -u)");
    file("proc/self/status", "Uid:\t1000\t1000\nCapEff:\t0000000001000000\n");
    assertThat(reason()).startsWith("no limit of processes is reached now");
  }

  @Test
  void a_limit_of_the_machine() throws Exception {
    file("proc/sys/kernel/pid_max", "80\n");
    assertThat(reason())
        .isEqualTo("kernel.pid_max is 80, and the machine has 80 threads; raise it (sysctl)");
  }

  private String reason() {
    return new ProcessShortage(machine.resolve("proc"))
        .reason(List.of(new Place(machine.resolve("cgroup"), Path.of("/pods/a/web"))));
  }

  private void limit(String cgroup, int current, int max) throws IOException {
    file("cgroup" + cgroup + "/pids.current", current + "\n");
    file("cgroup" + cgroup + "/pids.max", max + "\n");
  }

  private void process(int pid, String state, String cgroup, int uid, int threads)
      throws IOException {
    file("proc/" + pid + "/stat", "%s (a) b) %s 1\n".formatted(pid, state));
    file("proc/" + pid + "/cgroup", "0::" + cgroup + "\n");
    file("proc/" + pid + "/status", "Uid:\t%s\t%1$s\nThreads:\t%s\n".formatted(uid, threads));
  }

  private void file(String name, String content) throws IOException {
    Path file = machine.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
