package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.MountedHierarchy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a freezer does with files that, unlike the kernel's, do not do as they are told. */
class FreezerTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  @TempDir Path mount;

  private Path cgroup;

  @BeforeEach
  void make() throws Exception {
    cgroup = Files.createDirectory(mount.resolve("web"));
  }

  private Freezer freezer(String... controllers) throws Exception {
    MountedHierarchy mounted = new MountedHierarchy("fake", List.of(controllers), mount.toString());
    CgroupDirectory directory =
        new CgroupDirectory(Hierarchy.open(mounted), new CgroupPath("/web"), null);
    return Freezer.of(new CgroupDirectories(directory.path(), List.of(directory))).orElseThrow();
  }

  @Test
  void in_version_1_lets_all_go_on_if_some_do_not_stop() throws Exception {
    Path state = cgroup.resolve("freezer.state");
    Files.writeString(state, "......ING");
    assertThat(freezer("freezer").freeze(SHORT)).isFalse();
    assertThat(state).hasContent("THAWEDING");
  }

  @Test
  void in_version_2_lets_all_go_on_if_some_do_not_stop() throws Exception {
    Path freeze = cgroup.resolve("cgroup.freeze");
    Files.writeString(freeze, "0");
    Files.writeString(cgroup.resolve("cgroup.events"), "populated 1\nfrozen 0\n");
    assertThat(freezer().freeze(SHORT)).isFalse();
    assertThat(freeze).hasContent("0");
  }

  @Test
  void in_version_2_lets_all_go_on_if_it_cannot_be_told_whether_they_stopped() throws Exception {
    Path freeze = cgroup.resolve("cgroup.freeze");
    Files.writeString(freeze, "0");
    assertThat(catchThrowable(() -> freezer().freeze(SHORT))).hasMessageContaining("ENOENT");
    assertThat(freeze).hasContent("0");
  }

  @Test
  void prefers_version_1_and_may_find_none() throws Exception {
    assertThat(freezer("cpu", "freezer")).isInstanceOf(FreezerV1.class);
    assertThat(freezer()).isInstanceOf(FreezerV2.class);
    CgroupDirectories none = new CgroupDirectories(new CgroupPath("/web"), List.of());
    assertThat(Freezer.of(none)).isEmpty();
  }
}
