package dev.berth.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramTest {
  @Test
  void looks_a_name_up_in_the_path_of_the_environment() {
    assertThat(Program.candidates("sh", List.of("TERM=xterm", "PATH=/usr/bin:/bin")))
        .containsExactly("/usr/bin/sh", "/bin/sh");
  }

  @Test
  void takes_a_name_with_a_slash_as_it_is() {
    assertThat(Program.candidates("bin/sh", List.of("PATH=/bin"))).containsExactly("bin/sh");
  }

  @Test
  void takes_an_empty_entry_as_the_working_directory() {
    assertThat(Program.candidates("sh", List.of("PATH=:/bin::")))
        .containsExactly("./sh", "/bin/sh", "./sh", "./sh");
    assertThat(Program.candidates("sh", List.of("PATH="))).containsExactly("./sh");
  }

  @Test
  void looks_in_bin_and_usr_bin_without_a_path() {
    assertThat(Program.candidates("sh", List.of())).containsExactly("/bin/sh", "/usr/bin/sh");
  }

  @Test
  void uses_the_last_path_of_several() {
    assertThat(Program.candidates("sh", List.of("PATH=/a", "PATH=/b"))).containsExactly("/b/sh");
  }

  @Test
  void keeps_the_last_of_entries_with_the_same_name() {
    assertThat(Program.environment(List.of("A=1", "B=2", "A=3", "AB=4")))
        .containsExactly("A=3", "B=2", "AB=4");
  }
}
