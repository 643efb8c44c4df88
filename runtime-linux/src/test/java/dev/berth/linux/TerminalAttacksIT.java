package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Eventually;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Capabilities;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images, and containers that run, which prepare what a terminal or the standard streams are made
 * of. What lies outside of the container's root must be as it was before.
 */
@RunsContainers
class TerminalAttacksIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String ORDINARY =
      "container \"ID\": mount the terminal at /dev/console: must be mounted on ordinary file: ELOOP"
          + " (Too many levels of symbolic links)";

  @RegisterExtension static final Containers containers = new Containers();

  private Path root;
  private Path canary;
  private List<String> before;

  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    canary = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    for (String name : List.of("ptmx", "null", "console", "0")) {
      Files.writeString(canary.resolve(name), "of the host");
    }
    before = contents();
  }

  @AfterEach
  void the_files_of_the_host_are_as_they_were() throws IOException {
    assertThat(contents()).isEqualTo(before);
  }

  private List<String> contents() throws IOException {
    try (Stream<Path> files = Files.walk(canary)) {
      List<String> found = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        found.add(file + " " + Files.readAttributes(file, "unix:mode,uid,gid,ctime"));
      }
      return found;
    }
  }

  /** A container with a terminal, whose mounts are the defaults that {@code kept} lets pass. */
  private ContainerBuilder container(Predicate<Mount> kept, String... command) {
    return containers
        .container(command)
        .rootfs(root)
        .terminal()
        .edit(spec -> spec.withMounts(spec.mounts().stream().filter(kept).toList()));
  }

  private static Predicate<Mount> allBut(String... destinations) {
    return mount -> !List.of(destinations).contains(mount.destination());
  }

  private static Predicate<Mount> noDev() {
    return mount -> !mount.destination().startsWith("/dev");
  }

  /** {@code /dev} is what the image says, and {@code /dev/pts} a devpts. */
  private static Predicate<Mount> noDevButPts() {
    return mount -> noDev().test(mount) || mount.destination().equals("/dev/pts");
  }

  private void link(String name, String content) throws IOException {
    Path link = root.resolve(name);
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of(content));
  }

  private static String noDevpts(String detail) {
    return "container \"ID\": make a terminal: "
        + detail
        + "; a terminal takes a devpts at /dev/pts";
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "../../../../../../..%s"})
  void t22_a_link_in_place_of_dev_pts_leads_to_nothing_of_the_host(String link) throws Exception {
    link("dev/pts", link.formatted(canary));
    assertThat(refusal(container(noDev(), "tty")))
        .startsWith(noDevpts("openat2(/dev/pts): ENOENT (No such file or directory)"));
    // With a devpts for it, the link says where in the root that is mounted.
    assertThat(output(container(noDevButPts(), "sh", "-c", "tty; stat -c %t:%T /dev/console")))
        .isEqualTo(canary + "/0\r\n88:0");
    assertThat(root.resolve("." + canary)).isEmptyDirectory();
  }

  @Test
  void t22_a_multiplexer_that_is_a_file() throws Exception {
    Files.createDirectory(root.resolve("dev/pts"));
    Files.writeString(root.resolve("dev/pts/ptmx"), "of the image");
    assertThat(refusal(container(noDev(), "tty")))
        .startsWith(noDevpts("/dev/pts is no devpts: EINVAL (Invalid argument)"));
    assertThat(root.resolve("dev/pts/ptmx")).hasContent("of the image");
  }

  @Test
  void t22_a_multiplexer_of_the_right_number_elsewhere() throws Exception {
    Files.createDirectory(root.resolve("dev/pts"));
    Path node = root.resolve("dev/pts/ptmx");
    assertThat(new ProcessBuilder("mknod", node.toString(), "c", "5", "2").start().waitFor())
        .isZero();
    assertThat(refusal(container(noDev(), "tty")))
        .startsWith(noDevpts("/dev/pts is no devpts: EINVAL (Invalid argument)"));
  }

  @Test
  void t22_a_file_that_is_mounted_over_the_multiplexer() {
    ContainerBuilder builder =
        container(_ -> true, "tty")
            .mount(Mount.bind(canary.resolve("ptmx").toString(), "/dev/pts/ptmx"));
    assertThat(refusal(builder))
        .isEqualTo(
            "container \"ID\": make a terminal: openat2(/dev/pts/ptmx): EXDEV (Invalid cross-device"
                + " link)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s/console",
        "../../../../../../..%s/console",
        "/proc/sysrq-trigger",
        "pts/ptmx",
        "tty"
      })
  void t22_a_link_in_place_of_the_console(String link) throws Exception {
    link("dev/console", link.formatted(canary));
    assertThat(refusal(container(noDevButPts(), "tty"))).isEqualTo(ORDINARY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "../../../../../../..%s"})
  void t22_a_link_in_place_of_dev(String link) throws Exception {
    Files.delete(root.resolve("dev"));
    link("dev", link.formatted(canary));
    assertThat(refusal(container(noDevButPts(), "tty"))).isEqualTo(ORDINARY);
  }

  @Test
  void t22_a_console_that_is_a_file_of_the_image_is_covered() throws Exception {
    Files.writeString(root.resolve("dev/console"), "of the image");
    assertThat(
            output(
                container(
                    noDevButPts(), "sh", "-c", "stat -c %F /dev/console; echo x >/dev/console")))
        .isEqualTo("character special file\r\nx");
    assertThat(root.resolve("dev/console")).hasContent("of the image");
  }

  @Test
  void t22_a_running_container_that_exchanges_its_devpts() throws Exception {
    List<String> admin = List.of("CAP_SYS_ADMIN");
    ContainerBuilder builder =
        containers
            .container("sleep", "1000")
            .rootfs(root)
            .edit(spec ->
                spec.withProcess(
                    spec.process()
                        .withCapabilities(
                            new Capabilities(admin, admin, List.of(), admin, List.of()))));
    try (Container running = builder.start()) {
      String hint = "; a terminal takes a devpts at /dev/pts";
      running.exec("mount", "-t", "tmpfs", "none", "/dev/pts").run(LIMIT).orThrow();
      running.exec("touch", "/dev/pts/ptmx").run(LIMIT).orThrow();
      assertThatThrownBy(() -> running.exec("tty").terminal().start())
          .hasMessageContaining("/dev/pts is no devpts: EINVAL (Invalid argument)" + hint);
      running
          .exec(
              "sh",
              "-c",
              "umount /dev/pts && umount /dev/pts && rmdir /dev/pts && ln -s /proc/1/root"
                  + canary
                  + " /dev/pts")
          .run(LIMIT)
          .orThrow();
      assertThatThrownBy(() -> running.exec("tty").terminal().start())
          .hasMessageContaining("openat2(/dev/pts): ELOOP (Too many levels of symbolic links)");
    }
  }

  // CVE-2026-88265
  @ParameterizedTest
  @ValueSource(strings = {"%s/null", "../../../../../../..%s/null"})
  void t30_null_streams_are_the_hosts_whatever_the_image_has_there(String link) throws Exception {
    link("dev/null", link.formatted(canary));
    String null_ = attributes(Path.of("/dev/null"));
    ContainerBuilder builder =
        containers
            .container("sleep", "1000")
            .rootfs(root)
            .user(1000, 1000)
            .redirectInput(Redirect.DISCARD)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .detached();
    Container running = builder.start();
    try {
      for (int fd = 0; fd < 3; fd++) {
        assertThat(Files.isSameFile(proc(running, "fd/" + fd), Path.of("/dev/null"))).isTrue();
      }
      assertThat(running.exec("true").user(1001, 1001).detached().start().waitFor()).isZero();
    } finally {
      running.deleteForcibly();
    }
    assertThat(refusal(builder.edit(spec -> spec.withMounts(withoutDev(spec)))))
        .isEqualTo(
            "container \"ID\": make device /dev/null (c 1:3, 0666, owner 0:0): mknodat(/dev/null):"
                + " is something else: EEXIST (File exists)");
    assertThat(attributes(Path.of("/dev/null"))).isEqualTo(null_);
  }

  private static List<Mount> withoutDev(Spec spec) {
    return spec.mounts().stream().filter(noDev()).toList();
  }

  @Test
  void t33_a_terminal_is_never_that_of_the_caller() throws Exception {
    try (Container running = containers.container("sleep", "1000").terminal().start()) {
      Object hosts = Files.getAttribute(Path.of("/dev/pts"), "unix:dev");
      for (int fd = 0; fd < 3; fd++) {
        assertThat(Files.getAttribute(proc(running, "fd/" + fd), "unix:dev")).isNotEqualTo(hosts);
      }
    }
  }

  // CVE-2017-5226, CVE-2019-10063
  @Test
  void t33_nothing_can_be_typed_at_a_terminal_that_is_passed_on() throws Exception {
    Path injector = injector();
    // A session of somebody else, who has the terminal that the container is given.
    Process session =
        new ProcessBuilder("script", "-qc", "exec sleep 1000", "/dev/null")
            .redirectInput(Redirect.PIPE)
            .redirectOutput(Redirect.DISCARD)
            .start();
    try {
      Eventually.await("a sleep of script's", () -> terminalOf(session) != null);
      Path terminal = terminalOf(session);
      String owner = attributes(terminal);
      Path results = Files.createFile(containers.directory().resolve(Containers.newId()));
      for (int uid : List.of(0, 1000)) {
        containers
            .container("/injector")
            .rootfs(root)
            .user(uid, uid)
            .redirectInput(Redirect.from(terminal.toFile()))
            .redirectOutput(Redirect.to(results.toFile()))
            .redirectError(Redirect.appendTo(terminal.toFile()))
            .run(LIMIT)
            .orThrow();
        assertThat(Files.readString(results))
            .matches("TIOCSTI: (1|5)\nTIOCLINUX: (1|25)\nTIOCSCTTY: 1\nTIOCSCTTY, by force: 1\n");
      }
      assertThat(attributes(terminal)).isEqualTo(owner);
    } finally {
      session.descendants().forEach(ProcessHandle::destroyForcibly);
      session.destroyForcibly().waitFor();
      Files.delete(injector);
    }
  }

  /** Prints the errno of each way to type at standard input; 0 for success. */
  private Path injector() throws Exception {
    Path source =
        Files.writeString(
            containers.directory().resolve(Containers.newId() + ".c"),
            """
            #include <errno.h>
            #include <stdio.h>
            #include <sys/ioctl.h>

            static void try_it(const char *name, unsigned long request, void *argument)
            {
            	errno = 0;
            	ioctl(0, request, argument);
            	printf("%s: %d\\n", name, errno);
            }

            int main(void)
            {
            	char paste[] = {2, 0};

            	try_it("TIOCSTI", TIOCSTI, "x");
            	try_it("TIOCLINUX", TIOCLINUX, paste);
            	try_it("TIOCSCTTY", TIOCSCTTY, 0);
            	try_it("TIOCSCTTY, by force", TIOCSCTTY, (void *)1);
            	return 0;
            }
            """);
    Path program = root.resolve("injector");
    try {
      Process compiler =
          new ProcessBuilder("gcc", "-static", "-o", program.toString(), source.toString())
              .inheritIO()
              .start();
      assertThat(compiler.waitFor()).isZero();
    } catch (IOException missing) {
      System.err.println("skipped: gcc is not installed");
      assumeTrue(false, "gcc is not installed");
    }
    return program;
  }

  /** The terminal of what {@code script} has started; null as long as that is script itself. */
  private static Path terminalOf(Process script) {
    return script
        .descendants()
        .filter(child -> child.info().command().orElse("").endsWith("/sleep"))
        .map(child -> {
          try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(child.pid()), "fd", "0"));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        })
        .findFirst()
        .orElse(null);
  }

  private static String attributes(Path file) throws IOException {
    return Files.readAttributes(file, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS).toString();
  }

  private static Path proc(Container running, String file) {
    return Path.of("/proc", Long.toString(running.process().pid()), file);
  }
}
