package dev.berth.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {

  @TempDir private Path path;
  private Fd directory;

  @BeforeEach
  void open() throws Exception {
    directory =
        Directories.open(path.toString(), Directories.O_RDONLY | Directories.O_DIRECTORY, 0);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  @Test
  void openat2_refuses_a_symbolic_link_that_leaves_the_root() throws Exception {
    Files.createSymbolicLink(path.resolve("escape"), Path.of("/etc/passwd"));
    OpenHow beneath = new OpenHow(Directories.O_PATH, 0, OpenHow.RESOLVE_BENEATH);
    assertThatThrownBy(() -> Directories.openat2(directory, "escape", beneath))
        .isInstanceOf(SyscallException.class)
        .hasMessage("openat2(%s, \"escape\"): EXDEV (Invalid cross-device link)", directory);
  }

  @Test
  void finds_the_directories_in_a_directory() throws Exception {
    Files.createDirectory(path.resolve("one"));
    Files.createFile(path.resolve("file"));
    for (int i = 0; i < 500; i++) {
      Files.createDirectory(path.resolve("a rather long name of directory number " + i));
    }
    assertThat(Directories.subdirectories(directory)).hasSize(501).contains("one");
  }

  @Test
  void a_directory_is_made_and_removed() throws Exception {
    Directories.mkdirat(directory, "made", 0700);
    assertThat(path.resolve("made")).isDirectory();
    Directories.renameat2(directory, "made", directory, "moved", Directories.RENAME_NOREPLACE);
    Directories.unlinkat(directory, "moved", Directories.AT_REMOVEDIR);
    assertThat(path).isEmptyDirectory();
  }

  @Test
  void a_symbolic_link_is_not_followed_if_so_asked() throws Exception {
    Files.createSymbolicLink(path.resolve("link"), path);
    assertThatThrownBy(() -> Directories.openat(directory, "link", Directories.O_NOFOLLOW, 0))
        .isInstanceOf(SyscallException.class)
        .hasMessage("openat(%s, \"link\"): ELOOP (Too many levels of symbolic links)", directory);
  }

  @Test
  void a_removed_file_has_no_name_left() throws Exception {
    try (Fd made = Directories.openat(directory, "file", Directories.O_CREAT, 0600)) {
      assertThat(Directories.statx(made).linkCount()).isEqualTo(1);
      Directories.unlinkat(directory, "file", 0);
      assertThat(Directories.statx(made).linkCount()).isZero();
    }
  }
}
