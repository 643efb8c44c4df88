package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.spec.MountOptions.Attributes;
import dev.berth.core.spec.MountOptions.IdMapped;
import dev.berth.core.spec.MountOptions.Source;
import dev.berth.spec.LinuxSpec.Propagation;
import dev.berth.spec.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MountOptionsTest {
  /** config.md, "Linux mount options": all that a runtime must or should know. */
  private static final String NAMED_BY_THE_SPECIFICATION =
      """
      async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev \
      nodiratime noexec noiversion nolazytime norelatime nostrictatime nosuid private rbind \
      relatime remount ro rprivate rshared rslave runbindable rw shared silent slave strictatime \
      suid sync unbindable \
      ratime rdev rdiratime rexec rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid \
      rnosymfollow rrelatime rro rrw rstrictatime rsuid rsymfollow \
      idmap ridmap mand nomand nosymfollow symfollow tmpcopyup rnodev\
      """;

  @Test
  void knows_every_option_that_the_specification_names() {
    assertThat(NAMED_BY_THE_SPECIFICATION.split(" "))
        .noneMatch(MountOptions::isData)
        .containsExactlyInAnyOrderElementsOf(MountOptions.known());
  }

  @ParameterizedTest
  @CsvSource({
    "ro, 0x1, 0x1",
    "rw, 0x0, 0x1",
    "nosuid, 0x2, 0x2",
    "suid, 0x0, 0x2",
    "nodev, 0x4, 0x4",
    "dev, 0x0, 0x4",
    "noexec, 0x8, 0x8",
    "exec, 0x0, 0x8",
    "nodiratime, 0x80, 0x80",
    "diratime, 0x0, 0x80",
    "nosymfollow, 0x200000, 0x200000",
    "symfollow, 0x0, 0x200000",
    "noatime, 0x10, 0x70",
    "atime, 0x0, 0x70",
    "strictatime, 0x20, 0x70",
    "nostrictatime, 0x0, 0x70",
    "relatime, 0x0, 0x70",
    "norelatime, 0x0, 0x70",
  })
  void changes_the_mount(String option, String set, String clear) {
    Attributes expected = new Attributes(Long.decode(set), Long.decode(clear));
    MountOptions plain = options(option);
    assertThat(plain.attributes()).isEqualTo(expected);
    assertThat(plain.recursiveAttributes()).isEqualTo(Attributes.UNCHANGED);
    MountOptions recursive = options("r" + option);
    assertThat(recursive.attributes()).isEqualTo(Attributes.UNCHANGED);
    assertThat(recursive.recursiveAttributes()).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void changes_propagation(Propagation propagation) {
    assertThat(options(propagation.toString()).propagation()).containsExactly(propagation);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sync",
        "async",
        "dirsync",
        "lazytime",
        "nolazytime",
        "iversion",
        "noiversion",
        "mand",
        "nomand"
      })
  void keeps_flags_of_the_superblock_by_name(String option) {
    assertThat(options(option)).isEqualTo(with(List.of(option), List.of()));
  }

  @Test
  void lets_the_later_of_two_contradicting_flags_win() {
    assertThat(options("sync", "lazytime", "async", "iversion", "nolazytime", "noiversion"))
        .isEqualTo(with(List.of("async", "nolazytime", "noiversion"), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"defaults", "silent", "loud"})
  void has_nothing_to_do_for(String option) {
    assertThat(options(option)).isEqualTo(with(List.of(), List.of()));
  }

  @Test
  void tells_a_remount_of_a_file_system_from_one_of_a_bind_mount() {
    assertThat(options("ro", "remount").source()).isEqualTo(Source.MOUNTED);
    assertThat(options("remount", "bind", "ro").source()).isEqualTo(Source.MOUNTED_BIND);
    assertThat(options("rbind", "remount").source()).isEqualTo(Source.MOUNTED_BIND);
  }

  @Test
  void knows_whose_ids_are_mapped() {
    assertThat(options("ro").idMapped()).isEqualTo(IdMapped.NO);
    assertThat(options("idmap").idMapped()).isEqualTo(IdMapped.MOUNT);
    assertThat(options("idmap", "ridmap").idMapped()).isEqualTo(IdMapped.TREE);
  }

  @Test
  void adds_up_options_that_do_not_contradict_each_other() {
    assertThat(options("rbind", "bind").source()).isEqualTo(Source.RECURSIVE_BIND);
    assertThat(options("ridmap", "idmap").idMapped()).isEqualTo(IdMapped.TREE);
    assertThat(options("noatime", "norelatime")).isEqualTo(options("noatime"));
    assertThat(options("rnoatime", "rnostrictatime")).isEqualTo(options("rnoatime"));
    assertThat(options("strictatime", "atime")).isEqualTo(options("strictatime"));
    assertThat(options("noatime", "atime")).isEqualTo(options("relatime"));
    assertThat(options("atime")).isEqualTo(options("relatime"));
  }

  @Test
  void knows_a_tmpfs_that_begins_with_what_it_covers() {
    assertThat(options("ro").copiesUp()).isFalse();
    assertThat(options("tmpcopyup").copiesUp()).isTrue();
  }

  @Test
  void passes_on_what_the_specification_does_not_name() {
    assertThat(options("size=64k", "huge=always", "RO"))
        .isEqualTo(with(List.of(), List.of("size=64k", "huge=always", "RO")));
  }

  @Test
  void lets_the_later_of_two_contradicting_options_win() {
    Map<String, Attributes> results = new TreeMap<>();
    for (String pair : List.of("ro rw", "rw ro", "noatime strictatime", "noatime relatime")) {
      results.put(pair, options(pair.split(" ")).attributes());
    }
    assertThat(results)
        .containsOnly(
            Map.entry("ro rw", new Attributes(0, 1)),
            Map.entry("rw ro", new Attributes(1, 1)),
            Map.entry("noatime strictatime", new Attributes(0x20, 0x70)),
            Map.entry("noatime relatime", new Attributes(0, 0x70)));
  }

  @Test
  void tells_bind_mounts_from_new_file_systems() {
    assertThat(options("ro").source()).isEqualTo(Source.NEW);
    assertThat(options("bind").source()).isEqualTo(Source.BIND);
    assertThat(options("rbind").source()).isEqualTo(Source.RECURSIVE_BIND);
    assertThat(MountOptions.of(new Mount("/data", "bind", "/srv", List.of())).source())
        .isEqualTo(Source.BIND);
  }

  @Test
  void keeps_the_order_of_propagations() {
    List<Propagation> both = new ArrayList<>(List.of(Propagation.SLAVE, Propagation.SHARED));
    assertThat(options("slave", "shared").propagation()).isEqualTo(both);
  }

  private static MountOptions options(String... options) {
    return MountOptions.of(new Mount("/data", "tmpfs", "tmpfs", List.of(options)));
  }

  private static MountOptions with(List<String> superblock, List<String> data) {
    return new MountOptions(
        Source.NEW,
        Attributes.UNCHANGED,
        Attributes.UNCHANGED,
        List.of(),
        superblock,
        data,
        IdMapped.NO,
        false);
  }
}
