package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.InvalidSpecException;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.spec.SpecWriter;
import dev.berth.spec.Capabilities;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessOptionsTest {
  private static final ProcessSpec OWN =
      SpecDefaults.spec().process().withUser(new User(5, 6, 18L, List.of(7L)));

  private static ProcessSpec process(String... args) {
    ProcessOptions options = new ProcessOptions();
    Berth.parser("exec", options).parseArgs(args);
    return options.process(OWN, List.of("id"));
  }

  @Test
  void is_the_containers_own_process_with_a_terminal_only_if_asked() {
    assertThat(OWN.terminal()).isTrue();
    assertThat(process()).isEqualTo(OWN.withTerminal(false).withArgs(List.of("id")));
    assertThat(process("--tty")).isEqualTo(process("-t")).isEqualTo(OWN.withArgs(List.of("id")));
  }

  @Test
  void adds_and_replaces_variables() {
    assertThat(process("-e", "TERM=dumb", "--env", "A=", "--env=A=--b=c", "-e", "B=@x").env())
        .containsExactly(
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "TERM=dumb",
            "A=--b=c",
            "B=@x");
  }

  @Test
  void refuses_a_variable_without_a_value() {
    assertThatThrownBy(() -> process("-e", "A"))
        .hasMessage("--env \"A\": not of the form NAME=VALUE");
    assertThatThrownBy(() -> process("-e", "=A"))
        .hasMessage("--env \"=A\": not of the form NAME=VALUE");
  }

  @Test
  void changes_the_user_and_adds_groups() {
    assertThat(process("--user=1:2", "-g", "8", "--additional-gids", "9").user())
        .isEqualTo(new User(1, 2, 18L, List.of(7L, 8L, 9L)));
    assertThatThrownBy(() -> process("-g", "wheel"))
        .hasMessage("group \"wheel\": \"wheel\" is not a decimal id");
  }

  @Test
  void adds_capabilities_that_are_not_inherited() {
    Capabilities capabilities = process("-c", "CAP_SYS_ADMIN").capabilities();
    assertThat(capabilities.bounding()).contains("CAP_SYS_ADMIN");
    assertThat(capabilities.effective()).contains("CAP_SYS_ADMIN");
    assertThat(capabilities.permitted()).contains("CAP_SYS_ADMIN");
    assertThat(capabilities.inheritable()).isEmpty();
    assertThat(capabilities.ambient()).isEqualTo(OWN.capabilities().ambient());
  }

  @Test
  void changes_the_working_directory_and_no_new_privileges() {
    assertThat(process("--cwd", "/tmp").cwd()).isEqualTo("/tmp");
    assertThat(process("--no-new-privs=false").noNewPrivileges()).isFalse();
    assertThat(process("--no-new-privs").noNewPrivileges()).isTrue();
  }

  @Test
  void needs_a_command() {
    assertThatThrownBy(() -> new ProcessOptions().process(OWN, List.of()))
        .hasMessage("exec: no command; name one after the container's id");
  }

  @Test
  void reads_a_file_instead(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("process.json"), SpecWriter.write(OWN));
    assertThat(JsonFile.read("process", file, ProcessSpec.class)).isEqualTo(OWN);
  }

  @Test
  void says_what_is_wrong_with_the_file(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(directory.resolve("process.json"), "{\"args\": 1, \"cwd\": \"/\"}");
    assertThatThrownBy(() -> JsonFile.read("process", file, ProcessSpec.class))
        .isInstanceOf(InvalidSpecException.class)
        .hasMessageStartingWith("process file \"%s\": args: ".formatted(file));
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> JsonFile.read("process", missing, ProcessSpec.class))
        .hasMessage("process file \"%s\": ENOENT (No such file or directory)", missing);
  }
}
