package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static dev.berth.linux.testing.Containers.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Bundle;
import dev.berth.ContainerBuilder;
import dev.berth.InvalidSpecException;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Capabilities;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be run, and why not, in words; nothing is left of it. */
@RunsContainers
class BadInputIT {
  @RegisterExtension static final Containers containers = new Containers();

  @AfterEach
  void there_is_no_container() {
    assertThat(containers.runtime().containers()).isEmpty();
    assertThat(containers.runtime().root())
        .satisfiesAnyOf(
            root -> assertThat(root).doesNotExist(), root -> assertThat(root).isEmptyDirectory());
  }

  @Test
  void no_bundle() {
    Path bundle = containers.directory().resolve("missing");
    assertInvalid(bundle, "bundle \"%s\": does not exist".formatted(bundle));
  }

  @Test
  void a_file_for_a_bundle() {
    Path bundle = containers.root().resolve("etc/passwd");
    assertInvalid(bundle, "bundle \"%s\": not a directory".formatted(bundle));
  }

  @Test
  void no_configuration() {
    Path bundle = containers.root();
    assertInvalid(bundle, "bundle \"%s\": config.json does not exist".formatted(bundle));
  }

  @Test
  void broken_json() throws Exception {
    assertInvalid(
        bundle("{\n  \"ociVersion\": \"1.3.0\",\n  \"root\": }\n"),
        "config.json: line 3, column 11: unexpected character ('}' (code 125)): expected a value");
  }

  @Test
  void cut_off_json() throws Exception {
    assertInvalid(
        bundle("{\"ociVersion\": \"1.3.0\""),
        "config.json: line 1, column 23: the file ends too early");
  }

  @Test
  void no_json_at_all() throws Exception {
    assertInvalid(bundle(""), "config.json: empty");
  }

  @Test
  void wrong_types() throws Exception {
    assertInvalid(
        bundle(
            """
            {"ociVersion": 1, "hostname": ["x"], "mounts": {}, "root": {"path": "r", "readonly": "yes"},
             "process": {"cwd": "/", "args": "true", "user": {"uid": -1, "gid": 1.5}}}
            """),
        """
        config.json: 7 problems
            ociVersion: expected a string, found a number
            hostname: expected a string, found an array
            mounts: expected an array, found an object
            root.readonly: expected true or false, found a string
            process.args: expected an array, found a string
            process.user.uid: -1 is not within 0 to 4294967295
            process.user.gid: expected an integer, found 1.5\
        """);
  }

  @Test
  void no_root_no_arguments_and_a_relative_directory() throws Exception {
    assertInvalid(
        bundle("{\"ociVersion\": \"1.3.0\", \"process\": {\"cwd\": \"work\", \"args\": []}}"),
        """
        config.json: 3 problems
            root: missing
            process.args: empty
            process.cwd: "work" is not absolute\
        """);
  }

  @Test
  void an_unknown_limit() throws Exception {
    assertInvalid(
        bundle(
            """
            {"ociVersion": "1.3.0", "root": {"path": "/"}, "linux": {"namespaces": [{"type": "mount"}]},
             "process": {"cwd": "/", "args": ["true"],
               "rlimits": [{"type": "RLIMIT_BEER", "hard": 1, "soft": 1}]}}
            """),
        "config.json: process.rlimits[0].type: \"RLIMIT_BEER\" is unknown; known are RLIMIT_AS,"
            + " RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_LOCKS, RLIMIT_MEMLOCK,"
            + " RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_RSS,"
            + " RLIMIT_RTPRIO, RLIMIT_RTTIME, RLIMIT_SIGPENDING, RLIMIT_STACK");
  }

  @Test
  void a_nul_character() {
    assertThat(refusal(containers.container("echo", "a\0b").hostname("h\0")))
        .isEqualTo(
            "config.json: 2 problems\n"
                + "    process.args[1]: contains a NUL character\n"
                + "    hostname: contains a NUL character");
  }

  @Test
  void no_root_file_system() {
    Path missing = containers.directory().resolve("missing");
    assertThat(refusal(containers.container("true").rootfs(missing)))
        .isEqualTo("config.json: root.path: \"%s\" does not exist", missing);
  }

  @Test
  void a_file_for_a_root_file_system() {
    Path file = containers.root().resolve("etc/passwd");
    assertThat(refusal(containers.container("true").rootfs(file)))
        .isEqualTo("config.json: root.path: \"%s\" is not a directory", file);
  }

  @Test
  void a_relative_root_without_a_bundle() {
    assertThat(
            refusal(
                containers.container("true").edit(spec -> spec.withRoot(new Root("root", true)))))
        .matches(
            "container \"it-.*\": root\\.path: \"root\" is not absolute, and there is no bundle that"
                + " it could be taken from");
  }

  @Test
  void a_missing_program() {
    assertThat(refusal(containers.container("no-such-program")))
        .isEqualTo(
            "container \"ID\": find program no-such-program in /usr/local/sbin, /usr/local/bin,"
                + " /usr/sbin, /usr/bin, /sbin, /bin: ENOENT (No such file or directory);"
                + " executable file not found in $PATH");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/no/such/program | ENOENT (No such file or directory); no such file in the container's"
            + " root",
        "/etc/passwd | EACCES (Permission denied); not an executable file, or on a mount with"
            + " noexec",
        "/etc | EACCES (Permission denied); not an executable file, or on a mount with noexec",
        "/bin/sh/x | ENOENT (No such file or directory); no such file in the container's root"
      })
  void no_program(String path, String why) {
    assertThat(refusal(containers.container(path)))
        .isEqualTo("container \"ID\": find program %s: %s", path, why);
  }

  @Test
  void a_file_that_is_no_program() throws Exception {
    Path root = containers.newRoot();
    Path file = root.resolve("bin/garbage");
    Files.write(file, new byte[] {1, 2, 3});
    file.toFile().setExecutable(true);
    assertThat(refusal(containers.container("/bin/garbage").rootfs(root)))
        .isEqualTo(
            "container \"ID\": execve(/bin/garbage): ENOEXEC (Exec format error); neither a program"
                + " for this machine nor a script with a #! line");
  }

  @Test
  void a_script_without_its_interpreter() throws Exception {
    Path root = containers.newRoot();
    Path file = root.resolve("bin/script");
    Files.writeString(file, "#!/usr/bin/perl\n");
    file.toFile().setExecutable(true);
    assertThat(refusal(containers.container("script").rootfs(root)))
        .isEqualTo(
            "container \"ID\": execve(/bin/script): ENOENT (No such file or directory); the"
                + " program's interpreter or loader is not in the container's root");
  }

  @Test
  void a_directory_that_the_user_cannot_enter() throws Exception {
    Path root = containers.newRoot();
    Path secret = Files.createDirectory(root.resolve("secret"));
    Files.setAttribute(secret, "unix:mode", 0700);
    List<IdMapping> mappings = List.of(new IdMapping(0, 100_000, 65_536));
    assertThat(
            refusal(
                containers
                    .container("true")
                    .rootfs(root)
                    .directory("/secret")
                    .edit(spec -> UserNamespaceIT.withUserNamespace(spec, mappings))))
        .isEqualTo(
            "container \"ID\": enter directory /secret: chdir(/secret): EACCES (Permission denied);"
                + " the container's user is not permitted to enter it");
  }

  @Test
  void a_file_for_a_directory() {
    assertThat(refusal(containers.container("true").directory("/etc/passwd")))
        .isEqualTo(
            "container \"ID\": make directory /etc/passwd (0755): openat2(/etc/passwd): ENOTDIR"
                + " (Not a directory)");
  }

  @Test
  void an_unknown_capability_is_left_out() throws Exception {
    List<String> set = List.of("CAP_KILL", "CAP_BEER");
    ContainerBuilder builder =
        containers
            .container("grep", "CapBnd", "/proc/self/status")
            .edit(spec ->
                spec.withProcess(
                    spec.process()
                        .withCapabilities(
                            new Capabilities(set, List.of(), List.of(), List.of(), List.of()))));
    List<String> warnings = new ArrayList<>();
    Handler handler = new Warnings(warnings);
    Logger logger = Logger.getLogger("dev.berth");
    logger.addHandler(handler);
    try {
      assertThat(output(builder)).isEqualTo("CapBnd:\t0000000000000020");
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(warnings)
        .singleElement(InstanceOfAssertFactories.STRING)
        .matches("container \"it-.*\": process\\.capabilities: unknown and left out: \"CAP_BEER\"");
  }

  @Test
  void a_missing_root_is_told_in_the_words_of_the_builder() {
    assertThatThrownBy(() -> containers.runtime().container("rootless").command("true").run())
        .isInstanceOf(InvalidSpecException.class)
        .hasMessageStartingWith("container \"rootless\"")
        .hasMessageContaining("rootfs: missing: name a directory by rootfs(…)");
  }

  private static void assertInvalid(Path bundle, String message) {
    assertThatThrownBy(() -> Bundle.open(bundle))
        .isInstanceOf(InvalidSpecException.class)
        .hasMessage(message);
  }

  private static Path bundle(String config) throws IOException {
    Path bundle = Files.createDirectory(containers.directory().resolve(Containers.newId()));
    Files.writeString(bundle.resolve("config.json"), config);
    return bundle;
  }

  /** Keeps what is logged. */
  private static final class Warnings extends Handler {
    private final List<String> messages;

    private Warnings(List<String> messages) {
      this.messages = messages;
    }

    @Override
    public void publish(LogRecord logged) {
      messages.add(new SimpleFormatter().formatMessage(logged));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
