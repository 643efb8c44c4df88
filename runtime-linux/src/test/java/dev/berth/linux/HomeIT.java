package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code HOME}, where the configuration has none. */
@RunsContainers
class HomeIT {
  @RegisterExtension static final Containers containers = new Containers();

  private Path root;
  private Path passwd;

  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    passwd = root.resolve("etc/passwd");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "root:x:0:0:root:/root:/bin/sh; 0; /root",
        "a:x:5:5::/five:/bin/sh\\nb:x:50:5::/fifty:\\n; 50; /fifty",
        "a:x:5:5::/first:/bin/sh\\nb:x:5:5::/second:\\n; 5; /first",
        "a:x:5:5::/no shell; 5; /no shell",
        "a:x:5:5::; 5; /",
        "a:x:5; 5; /",
        "a:x::5::/empty:; 0; /",
        "a:x:+0:5::/plus:\\nb:x: 0:5::/space:\\nc:x:0x0:5::/hex:; 0; /",
        "a:x:4294967296:5::/wrapped:; 0; /",
        "a:x:18446744073709551616:5::/wrapped:; 0; /",
        "# root:x:0:0::/comment:\\nroot:x:0:0::/real:; 0; /comment",
        "; 0; /",
      })
  void is_what_the_image_says_of_the_user(String content, int uid, String home) throws Exception {
    Files.writeString(passwd, content == null ? "" : content.replace("\\n", "\n"));
    assertThat(output(container().user(uid, 5))).isEqualTo(home);
  }

  @Test
  void is_found_behind_lines_of_any_length() throws Exception {
    Files.writeString(
        passwd,
        "x:x:0:0:%s:%s:\nroot:x:0:0:%s:/real:\n"
            .formatted("g".repeat(10_000), "/h".repeat(2048), "g".repeat(10_000)));
    assertThat(output(container())).isEqualTo("/real");
  }

  @Test
  void is_the_root_directory_without_a_file() throws Exception {
    Files.delete(passwd);
    assertThat(output(container())).isEqualTo("/");
  }

  @Test
  void does_not_wait_for_a_file_that_is_a_pipe() throws Exception {
    Files.delete(passwd);
    assertThat(new ProcessBuilder("mkfifo", passwd.toString()).start().waitFor()).isZero();
    assertThat(output(container())).isEqualTo("/");
  }

  @Test
  void is_never_what_the_host_says() throws Exception {
    Path host = containers.directory().resolve(Containers.newId());
    Files.writeString(host, "root:x:0:0::/of/the/host:\n");
    Files.delete(passwd);
    Files.createSymbolicLink(passwd, Path.of("../../../../../../../../" + host));
    assertThat(output(container())).isEqualTo("/");
    Files.delete(passwd);
    Files.createSymbolicLink(passwd, Path.of("/proc/self/fd/0"));
    assertThat(output(container())).isEqualTo("/");
  }

  @Test
  void is_left_alone_where_there_is_one() throws Exception {
    assertThat(output(container().environment("HOME", "/given"))).isEqualTo("/given");
  }

  @Test
  void is_found_where_the_one_given_is_empty() throws Exception {
    Files.writeString(passwd, "root:x:0:0::/root:\n");
    String script = "echo \"$HOME\"; env | grep -c ^HOME=";
    assertThat(output(containers.shell(script).rootfs(root).environment("HOME", "")))
        .isEqualTo("/root\n1");
  }

  @Test
  void is_that_of_the_user_of_a_further_process() throws Exception {
    Files.writeString(passwd, "root:x:0:0::/root:\nfive:x:5:5::/five:\n");
    try (Container running = containers.container("sleep", "1000").rootfs(root).start()) {
      assertThat(running.exec("sh", "-c", "echo $HOME").user(5, 5).run().orThrow().output())
          .isEqualTo("/five\n");
    }
  }

  private ContainerBuilder container() {
    return containers.shell("echo \"$HOME\"").rootfs(root);
  }
}
