package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
  @TempDir Path directory;

  @Test
  void holds_the_number_alone_and_replaces_what_was_there() throws IOException {
    Path file = Files.writeString(directory.resolve("pid"), "older and longer");
    PidFile.write(file, 4711);
    assertThat(file).hasContent("4711");
    assertThat(directory).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void without_a_name_is_not_written() throws IOException {
    PidFile.write(null, 4711);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void says_why_it_cannot_be_written_and_leaves_nothing() throws IOException {
    Path file = Files.createDirectories(directory.resolve("pid/full")).getParent();
    assertThatThrownBy(() -> PidFile.write(file, 4711))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("pid file \"%s\": ".formatted(file));
    assertThat(directory).isDirectoryNotContaining("glob:**/.*");
    assertThatThrownBy(() -> PidFile.write(directory.resolve("missing/pid"), 4711))
        .hasMessage("pid file \"%s/missing/pid\": ENOENT (No such file or directory)", directory);
  }
}
