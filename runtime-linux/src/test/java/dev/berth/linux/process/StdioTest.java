package dev.berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StdioTest {

  @TempDir private Path directory;
  private OpenFiles before;

  @BeforeEach
  void remember_what_is_open() throws Exception {
    EventLoop.shared();
    before = OpenFiles.now();
  }

  @AfterEach
  void nothing_more_is_open() throws Exception {
    before.awaitNoMore();
  }

  @Test
  void files_are_read_written_and_appended_to() throws Exception {
    Path input = Files.writeString(directory.resolve("in"), "new\n");
    Path output = Files.writeString(directory.resolve("out"), "old, and longer than the new\n");
    Redirect from = Redirect.from(input.toFile());
    Spawn.start(from, Redirect.to(output.toFile()), "cat").waitFor();
    assertThat(output).hasContent("new\n");
    Spawn.start(from, Redirect.appendTo(output.toFile()), "cat").waitFor();
    assertThat(output).hasContent("new\nnew\n");
  }

  @Test
  void a_file_that_is_made_has_the_mode_that_ProcessBuilder_gives_it() throws Exception {
    Path ours = directory.resolve("ours");
    Path theirs = directory.resolve("theirs");
    Spawn.start(Redirect.PIPE, Redirect.to(ours.toFile()), "true").waitFor();
    new ProcessBuilder("true").redirectOutput(theirs.toFile()).start().waitFor();
    assertThat(Files.getPosixFilePermissions(ours))
        .isEqualTo(Files.getPosixFilePermissions(theirs));
  }

  @Test
  void inherited_is_the_same_open_file() throws Exception {
    try (Stdio stdio = Stdio.open(Redirect.INHERIT, Redirect.INHERIT, Redirect.INHERIT)) {
      for (int number = 0; number < 3; number++) {
        assertThat(link(stdio.programEnds().get(number).toString())).isEqualTo(link("" + number));
      }
    }
  }

  private static Path link(String descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd", descriptor));
  }

  @Test
  void nothing_stays_open_when_a_redirect_is_refused() {
    Path file = directory.resolve("missing/file");
    assertThatThrownBy(() -> Stdio.open(Redirect.PIPE, Redirect.PIPE, Redirect.to(file.toFile())))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "redirect standard error to \"%s\": open: ENOENT (No such file or directory)", file);
    assertThatThrownBy(() -> Stdio.open(Redirect.from(file.toFile()), Redirect.PIPE, Redirect.PIPE))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "redirect standard input from \"%s\": open: ENOENT (No such file or directory)", file);
  }

  @Test
  void refuses_a_redirect_for_the_other_direction() {
    Path file = directory.resolve("file");
    Redirect to = Redirect.to(file.toFile());
    assertThatThrownBy(() -> Stdio.open(to, Redirect.PIPE, Redirect.PIPE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no redirect for standard input: redirect to write to file \"%s\"", file);
    assertThat(file).doesNotExist();
  }
}
