package dev.berth.linux;

import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Container;
import dev.berth.ContainerSetupException;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Descriptors of the JVM that programs in containers reach for: CVE-2024-21626 was one that led to
 * the host's root. This JVM has two hundred of them open, without close-on-exec, as other libraries
 * may have.
 */
@RunsContainers
class DescriptorAttacksIT {
  private static final int STRAYS = 200;
  private static final int THREADS = 32;
  private static final Path MODULES = Path.of(System.getProperty("java.home"), "lib/modules");

  @RegisterExtension static final Containers containers = new Containers();

  private final List<Fd> strays = new ArrayList<>();

  @BeforeEach
  void open_strays() throws IOException {
    int directory = Directories.O_RDONLY | Directories.O_DIRECTORY;
    for (int i = 0; i < STRAYS; i += 2) {
      strays.add(inheritable("/", directory));
      strays.add(inheritable(MODULES.toString(), 0));
    }
  }

  @AfterEach
  void close_strays() {
    strays.forEach(Fd::close);
  }

  private static Fd inheritable(String path, int flags) throws IOException {
    Fd fd = Directories.open(path, flags, 0);
    Descriptors.fcntl(fd, Descriptors.F_SETFD, 0);
    return fd;
  }

  private static List<String> waysOut(String process, int number) {
    String link = "/proc/%s/fd/%d".formatted(process, number);
    return List.of(link, link + "/", link + "/../../..", link + "/.");
  }

  @Test
  void t15_no_container_begins_in_a_directory_of_the_runtime() throws Exception {
    for (int number = 0; number <= 64; number++) {
      for (String process : List.of("self", "thread-self", "1")) {
        for (String cwd : waysOut(process, number)) {
          assertThat(refusal(containers.container("ls").directory(cwd)))
              .containsPattern(refusedDirectory(cwd));
        }
      }
    }
  }

  @Test
  void t15_no_exec_begins_in_a_directory_of_the_runtime() throws Exception {
    int root = strays.getFirst().number();
    try (Container container = containers.container("sleep", "1000").start()) {
      for (int number = 0; number <= 64; number++) {
        for (String process : List.of("self", "thread-self", "1")) {
          for (String cwd : waysOut(process, number)) {
            assertThatThrownBy(() -> container.exec("ls").directory(cwd).run())
                .as(cwd)
                .isInstanceOf(ContainerSetupException.class)
                .message()
                .containsPattern(refusedDirectory(cwd));
          }
        }
      }
      // Nor in one that was handed over: that would be the host's root.
      assertThatThrownBy(
              () -> container.exec("ls").descriptors(root).directory("/proc/self/fd/3").run())
          .hasMessage(
              "container \"%s\": enter directory /proc/self/fd/3: outside of container mount"
                  + " namespace root: ENOENT (No such file or directory); no directory inside the"
                  + " container's root",
              container.id());
    }
  }

  /** Which step refuses it depends on what descriptors the stub has at the time. */
  private static String refusedDirectory(String cwd) {
    return "^container \"[^\"]*\": (make|enter) directory \\Q%s\\E[: ]".formatted(cwd);
  }

  @Test
  void t16_a_program_has_the_standard_descriptors_and_those_that_it_was_given() throws Exception {
    int[] given = {strays.get(1).number(), strays.get(3).number()};
    try (Container plain = containers.container("sleep", "1000").start();
        Container more = containers.container("sleep", "1000").descriptors(given).start()) {
      assertThat(descriptors(plain.process().pid())).containsExactly("0", "1", "2");
      assertThat(descriptors(more.process().pid())).containsExactly("0", "1", "2", "3", "4");
      assertThat(descriptors(plain.exec("sleep", "1000").start().pid()))
          .containsExactly("0", "1", "2");
      assertThat(descriptors(plain.exec("sleep", "1000").descriptors(given).start().pid()))
          .containsExactly("0", "1", "2", "3", "4");
      assertThat(descriptors(more.exec("sleep", "1000").start().pid()))
          .containsExactly("0", "1", "2");
    }
  }

  @Test
  void t16_a_created_container_holds_nothing_of_the_jvm() throws Exception {
    try (Container created = containers.container("true").create();
        Stream<Path> open = Files.list(Path.of("/proc/" + created.process().pid() + "/fd"))) {
      for (Path each : open.toList()) {
        assertThat(isSameFile(each, Path.of("/"))).as(each + "").isFalse();
        assertThat(isSameFile(each, MODULES)).as(each + "").isFalse();
      }
    }
  }

  /** The process closes one more, that of its reports, after it has been created. */
  private static boolean isSameFile(Path descriptor, Path file) throws IOException {
    try {
      return Files.isSameFile(descriptor, file);
    } catch (NoSuchFileException closed) {
      return false;
    }
  }

  @Test
  void t17_a_link_in_the_image_leads_to_no_directory_of_the_runtime() throws Exception {
    Path root = containers.newRoot();
    for (int number = 0; number <= 64; number++) {
      Files.createSymbolicLink(root.resolve("work" + number), Path.of("/proc/self/fd/" + number));
    }
    try (Container container = containers.container("sleep", "1000").rootfs(root).start()) {
      for (int number = 0; number <= 64; number++) {
        String cwd = "/work" + number;
        assertThat(refusal(containers.container("ls").rootfs(root).directory(cwd)))
            .containsPattern(refusedDirectory(cwd));
        assertThatThrownBy(() -> container.exec("ls").directory(cwd).run())
            .as(cwd)
            .isInstanceOf(ContainerSetupException.class)
            .message()
            .containsPattern(refusedDirectory(cwd));
      }
    }
  }

  @Test
  void t18_nothing_slips_into_a_container_while_others_open_files() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS + 4);
        Container container = containers.container("sleep", "1000").start()) {
      List<Future<?>> openers =
          IntStream.range(0, 4)
              .<Future<?>>mapToObj(i -> threads.submit(() -> churn(done)))
              .toList();
      List<Future<List<String>>> listings = new ArrayList<>();
      for (int i = 0; i < 10 * THREADS; i++) {
        boolean exec = i % 2 == 0;
        listings.add(threads.submit(() -> exec ? listing(container) : listing()));
      }
      for (Future<List<String>> listing : listings) {
        // 3 is the shell's own, of the directory that it reads.
        assertThat(listing.get()).containsExactly("0 1 2 3");
      }
      done.set(true);
      for (Future<?> opener : openers) {
        opener.get();
      }
    }
  }

  private static List<String> listing(Container container) throws InterruptedException {
    return lines(container.exec("sh", "-c", "cd /proc/self/fd; echo *").run().orThrow().output());
  }

  private static List<String> listing() throws InterruptedException {
    return lines(containers.output("cd /proc/self/fd; echo *"));
  }

  private static List<String> lines(String output) {
    return output.lines().toList();
  }

  private static Void churn(AtomicBoolean done) throws IOException {
    while (!done.get()) {
      inheritable("/", Directories.O_RDONLY | Directories.O_DIRECTORY).close();
    }
    return null;
  }

  private static List<String> descriptors(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return open.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }
}
