package dev.berth.core.resctrl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.spec.IntelRdt;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a directory whose groups come and go as the kernel's do. */
class ResctrlTreeTest {
  private static final String EVERYTHING = "    L3:0=7ff;1=7ff\n    MB:0=100;1=100\n";

  @TempDir private Path root;
  private ResctrlTree tree;

  @BeforeEach
  void make_the_root() throws IOException {
    Files.delete(root);
    Kernel kernel = new Kernel();
    kernel.make(root);
    tree = new ResctrlTree(root, kernel);
  }

  private static final class Kernel implements ResctrlTree.Groups {
    @Override
    public void make(Path group) throws IOException {
      Files.createDirectory(group);
      Files.writeString(group.resolve("schemata"), EVERYTHING);
      Files.createFile(group.resolve("tasks"));
      Files.createDirectory(group.resolve("mon_groups"));
    }

    @Override
    public void remove(Path group) throws IOException {
      if (!Files.exists(group)) {
        throw new NoSuchFileException(group.toString());
      }
      try (Stream<Path> files = Files.walk(group)) {
        for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static IntelRdt rdt(String closId, String l3, String bandwidth, String... schemata) {
    return new IntelRdt(closId, List.of(schemata), l3, bandwidth, false, false, false);
  }

  private static IntelRdt monitored(String closId) {
    return new IntelRdt(closId, List.of(), null, null, false, false, true);
  }

  private ResctrlState make(IntelRdt rdt) throws IOException {
    ResctrlRequest request = ResctrlRequest.of(rdt, "web");
    ResctrlState made = tree.foresee(request);
    tree.make(request, made);
    tree.join(request, 42);
    return made;
  }

  private void existing(String group, String schemata) throws IOException {
    new Kernel().make(root.resolve(group));
    Files.writeString(root.resolve(group + "/schemata"), schemata);
  }

  @Test
  void a_group_of_its_own_has_the_containers_name() throws IOException {
    ResctrlState made = make(rdt(null, "L3:0=7f0;1=1f", "MB:0=20;1=70", "L2:0=f"));

    assertThat(made).isEqualTo(new ResctrlState(root + "/web", null));
    assertThat(root.resolve("web/schemata")).hasContent("L3:0=7f0;1=1f\nMB:0=20;1=70\nL2:0=f\n");
    assertThat(root.resolve("web/tasks")).hasContent("42");

    tree.remove(made);
    assertThat(root.resolve("web")).doesNotExist();
    tree.remove(made);
  }

  @Test
  void a_named_group_is_made_by_the_first_container_that_describes_it() throws IOException {
    ResctrlState made = make(rdt("gold", "L3:0=7f0", null));
    ResctrlState second = make(rdt("gold", "L3:0=7F0", null));

    assertThat(made.group()).isEqualTo(root + "/gold");
    assertThat(second).isEqualTo(ResctrlState.NONE);
    tree.remove(second);
    assertThat(root.resolve("gold/tasks")).hasContent("42");
  }

  @Test
  void a_group_without_a_schema_must_be_there() throws IOException {
    assertThatThrownBy(() -> make(rdt("gold", null, null)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "linux.intelRdt: closID \"gold\" has no schema, so its group must exist, and there is no"
                + " %s/gold",
            root);

    existing("gold", EVERYTHING);
    assertThat(make(rdt("gold", null, null))).isEqualTo(ResctrlState.NONE);
    assertThat(root.resolve("gold/tasks")).hasContent("42");
    assertThat(root.resolve("gold/schemata")).hasContent(EVERYTHING);
  }

  @Test
  void the_root_is_a_group_too() throws IOException {
    assertThat(make(rdt("/", null, null))).isEqualTo(ResctrlState.NONE);
    assertThat(root.resolve("tasks")).hasContent("42");
  }

  @ParameterizedTest
  @CsvSource({
    "L3:0=07F;1=0x1f,true",
    "L3: 0 = 7f,true",
    "L3:0=7e,false",
    "L3:2=7f,false",
    "MB:0=7f,false"
  })
  void a_group_that_is_there_must_be_as_it_is_described(String schema, boolean same)
      throws IOException {
    existing("gold", "    L3:0=07f;1=01f\n    MB:0= 10;1=100\n");
    if (same) {
      assertThat(make(rdt("gold", schema, "MB:0=10"))).isEqualTo(ResctrlState.NONE);
    } else {
      assertThatThrownBy(() -> make(rdt("gold", schema, null)))
          .hasMessage(
              "linux.intelRdt: the group %s/gold exists with the schemata [L3:0=07f;1=01f, MB:0="
                  + " 10;1=100], and not [%s]",
              root, schema);
    }
  }

  @Test
  void of_two_lines_for_the_bandwidth_its_own_property_holds() throws IOException {
    make(rdt(null, "MB:0=10", "MB:0=20"));
    assertThat(root.resolve("web/schemata")).hasContent("MB:0=20\n");
  }

  @Test
  void a_monitoring_group_is_the_containers_own() throws IOException {
    existing("gold", EVERYTHING);
    ResctrlState made = make(monitored("gold"));

    assertThat(made).isEqualTo(new ResctrlState(null, root + "/gold/mon_groups/web"));
    assertThat(root.resolve("gold/mon_groups/web/tasks")).hasContent("42");
    tree.remove(made);
    assertThat(root.resolve("gold/mon_groups")).isEmptyDirectory();
    assertThat(root.resolve("gold/tasks")).hasContent("42");
  }

  @Test
  void both_groups_go_together() throws IOException {
    tree.remove(make(monitored(null)));
    assertThat(root.resolve("web")).doesNotExist();
  }

  @Test
  void a_refusal_has_the_kernels_reason_and_leaves_no_group() throws IOException {
    Files.createDirectory(root.resolve("info"));
    Files.writeString(root.resolve("info/last_cmd_status"), "Mask out of range\n");
    ResctrlTree refusing =
        new ResctrlTree(
            root,
            new ResctrlTree.Groups() {
              @Override
              public void make(Path group) throws IOException {
                new Kernel().make(group);
                Files.delete(group.resolve("schemata"));
                Files.createDirectory(group.resolve("schemata"));
              }

              @Override
              public void remove(Path group) throws IOException {
                new Kernel().remove(group);
              }
            });
    ResctrlRequest request = ResctrlRequest.of(rdt(null, "L3:0=fffff", null), "web");
    assertThatThrownBy(() -> refusing.make(request, refusing.foresee(request)))
        .hasMessage(
            "linux.intelRdt: write \"L3:0=fffff\" to %s/web/schemata: Is a directory; Mask out of"
                + " range",
            root);
    assertThat(root.resolve("web")).doesNotExist();
  }

  @Test
  void a_group_that_cannot_be_made_is_named() {
    ResctrlTree full =
        new ResctrlTree(
            root,
            new ResctrlTree.Groups() {
              @Override
              public void make(Path group) throws IOException {
                throw new AccessDeniedException(group.toString());
              }

              @Override
              public void remove(Path group) {
                throw new AssertionError(group);
              }
            });
    ResctrlRequest request = ResctrlRequest.of(rdt(null, "L3:0=f", null), "web");
    assertThatThrownBy(() -> full.make(request, full.foresee(request)))
        .hasMessage("linux.intelRdt: make %s/web: AccessDeniedException", root);
  }

  @Test
  void is_found_where_it_is_mounted() throws IOException {
    String mountinfo =
        """
        22 1 0:20 / /sys rw - sysfs sysfs rw
        30 22 0:40 / /sys/fs/resctrl rw - resctrl resctrl rw
        """;
    ResctrlRequest request = ResctrlRequest.of(rdt("gold", null, null), "web");
    assertThatThrownBy(() -> ResctrlTree.find(mountinfo).foresee(request))
        .hasMessageEndingWith("there is no /sys/fs/resctrl/gold");
  }

  @Test
  void says_what_to_do_where_it_is_not_mounted() {
    assertThatThrownBy(() -> ResctrlTree.find("22 1 0:20 / /sys rw - sysfs sysfs rw\n"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "linux.intelRdt: the resctrl file system is not mounted; mount -t resctrl resctrl"
                + " /sys/fs/resctrl does that, where /proc/filesystems lists it, which takes a"
                + " processor that has it");
  }
}
