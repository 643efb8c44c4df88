package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.DebianRoot;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Rlimit;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A user's job in a Debian, with limits: what it is to see, and what it is not to exceed. */
@RunsContainers
class DebianRootIT {
  private static final long MEMORY = 2068L << 20;

  @RegisterExtension static final Containers containers = new Containers();

  private static Path root;
  private static Path images;

  @BeforeAll
  static void prepare() throws IOException {
    try {
      root = DebianRoot.get();
    } catch (IOException unavailable) {
      System.err.println("skipped: DebianRootIT: " + unavailable.getMessage());
      abort(unavailable.getMessage());
    }
    images = Files.createDirectory(containers.directory().resolve("images"));
    Files.writeString(images.resolve("one.img"), "an image");
  }

  @Test
  void runs_the_programs_of_the_distribution() throws Exception {
    assertThat(output(job("cat /etc/os-release; apt-get --version")))
        .contains("ID=debian\n")
        .containsPattern("(?m)^apt 2\\.");
  }

  @Test
  void runs_as_the_user_and_group() throws Exception {
    assertThat(output(job("id"))).isEqualTo("uid=101 gid=201 groups=201");
  }

  @Test
  void sees_the_images() throws Exception {
    assertThat(output(job("cat /mnt/images/one.img; touch /mnt/images/two.img 2>&1; :")))
        .isEqualTo("an imagetouch: cannot touch '/mnt/images/two.img': Permission denied");
  }

  @Test
  void cannot_write_to_the_root_file_system() throws Exception {
    ContainerBuilder asRoot =
        job("touch /usr/x 2>&1; :")
            .edit(spec -> spec.withProcess(spec.process().withUser(User.ROOT)));
    assertThat(output(asRoot)).isEqualTo("touch: cannot touch '/usr/x': Read-only file system");
  }

  @Test
  void has_1024_open_files() throws Exception {
    assertThat(output(job("ulimit -Sn; ulimit -Hn"))).isEqualTo("1024\n1024");
  }

  @Test
  void has_the_limits_of_its_cgroup_inside_and_outside() throws Exception {
    try (Container running = job("sleep 1000").start()) {
      String outside =
          Files.readString(Path.of("/proc/%d/cgroup".formatted(running.process().pid())));
      String cgroup = outside.substring(outside.lastIndexOf(':') + 1).strip();
      Path hierarchies = Path.of("/sys/fs/cgroup");
      boolean v1 = Files.exists(hierarchies.resolve("memory"));
      String memory = v1 ? "memory%s/memory.limit_in_bytes" : "%s/memory.max";
      String pids = v1 ? "pids%s/pids.max" : "%s/pids.max";
      for (Limit limit : List.of(new Limit(memory, MEMORY), new Limit(pids, 1024))) {
        assertThat(Path.of(hierarchies + "/" + limit.file().formatted(cgroup)))
            .hasContent(limit.value() + "\n");
        assertThat(
                running.exec("cat", hierarchies + "/" + limit.file().formatted("")).run().output())
            .isEqualTo(limit.value() + "\n");
      }
    }
  }

  /** {@code file} has {@code %s} for the cgroup, below where the hierarchies are mounted. */
  private record Limit(String file, long value) {}

  private static ContainerBuilder job(String script) {
    return containers
        .container("bash", "-c", script)
        .rootfs(root)
        .bind(images, "/mnt/images")
        .limits(Limits.NONE.memory(MEMORY).pids(1024))
        .edit(spec ->
            spec.withProcess(
                spec.process()
                    .withUser(new User(101, 201))
                    .withRlimits(List.of(new Rlimit(Rlimit.Type.RLIMIT_NOFILE, 1024, 1024)))));
  }
}
