package dev.berth.core.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.resctrl.ResctrlState;
import dev.berth.core.systemd.SystemdUnit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerRecordJsonTest {
  private static final ContainerRecord RECORD =
      new ContainerRecord(
          "1.3.0",
          "web",
          4711,
          9_007_199_254_740_993L,
          Path.of("/srv/\"web\""),
          Path.of("/srv/web/rootfs"),
          Instant.parse("2026-02-03T04:05:06.789012345Z"),
          "root",
          Map.of("org.example.key", "a\nvalue", "empty", ""),
          new CgroupState(
              "/a/web",
              Map.of("memory", "/a", "pids", "/a/web"),
              new SystemdUnit("berth-web.scope", SystemdUnit.Manager.USER)),
          new ResctrlState("/sys/fs/resctrl/web", "/sys/fs/resctrl/web/mon_groups/web"),
          SessionKeyring.INHERITED,
          true);

  @Test
  void reads_what_it_wrote() throws IOException {
    assertThat(ContainerRecordJson.read(ContainerRecordJson.write(RECORD))).isEqualTo(RECORD);
  }

  @Test
  void reads_a_record_whose_cgroup_is_no_unit_s() throws IOException {
    ContainerRecord record = RECORD.withCgroup(new CgroupState("/web", Map.of("", "/web"), null));

    assertThat(ContainerRecordJson.read(ContainerRecordJson.write(record))).isEqualTo(record);
  }

  @Test
  void reads_a_record_without_a_cgroup() throws IOException {
    ContainerRecord record =
        new ContainerRecord(
            "1.3.0",
            "a",
            0,
            0,
            Path.of("/b"),
            Path.of("/r"),
            Instant.EPOCH,
            "0",
            Map.of(),
            null,
            ResctrlState.NONE,
            SessionKeyring.OWN,
            false);

    assertThat(ContainerRecordJson.read(ContainerRecordJson.write(record))).isEqualTo(record);
  }

  @Test
  void passes_over_fields_of_a_newer_version() throws IOException {
    String text = new String(ContainerRecordJson.write(RECORD), UTF_8);
    String newer = "{\"later\":[1,{\"x\":2}],\"also\":{\"deep\":{}}," + text.substring(1);

    assertThat(ContainerRecordJson.read(newer.getBytes(UTF_8))).isEqualTo(RECORD);
  }

  @Test
  void names_a_missing_field() {
    assertThatThrownBy(() -> ContainerRecordJson.read("{\"ociVersion\":\"1.3.0\"}".getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessage("state.json: id is missing");
  }

  @Test
  void refuses_a_file_that_is_cut_short() {
    byte[] whole = ContainerRecordJson.write(RECORD);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> ContainerRecordJson.read(part)).isInstanceOf(IOException.class);
    }
  }
}
