package dev.berth.core.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.Signal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EndingRecordJsonTest {
  private static final Instant MADE = Instant.parse("2026-02-03T04:05:06.789012345Z");
  private static final MemoryKills KILLS =
      new MemoryKills(3, 1, MemoryKills.Limit.MEMORY_AND_SWAP, OptionalLong.of(1 << 20));
  private static final MemoryKills ABOVE =
      new MemoryKills(1, 0, MemoryKills.Limit.OUTSIDE, OptionalLong.empty());

  static Stream<EndingRecord> records() {
    return Stream.of(
        new EndingRecord(MADE, new Ending.Exited(0), Optional.empty()),
        new EndingRecord(MADE, new Ending.Exited(255), Optional.of(KILLS)),
        new EndingRecord(MADE, new Ending.Signalled(new Signal(11), true), Optional.empty()),
        new EndingRecord(MADE, new Ending.Signalled(Signal.KILL, false), Optional.of(ABOVE)),
        new EndingRecord(MADE, new Ending.Killed(Signal.TERM), Optional.empty()),
        new EndingRecord(MADE, new Ending.OutOfMemory(KILLS), Optional.of(KILLS)));
  }

  @ParameterizedTest
  @MethodSource("records")
  void reads_what_it_wrote(EndingRecord record) throws IOException {
    assertThat(EndingRecordJson.read(EndingRecordJson.write(record))).isEqualTo(record);
  }

  @Test
  void is_for_people_too() {
    EndingRecord record = new EndingRecord(MADE, new Ending.OutOfMemory(KILLS), Optional.of(KILLS));
    assertThat(EndingRecordJson.write(record))
        .asString(UTF_8)
        .isEqualTo(
            """
            {"container":"2026-02-03T04:05:06.789012345Z","ending":"outOfMemory","memoryKills":3,\
            "memoryKillsOfGroups":1,"memoryLimit":"MEMORY_AND_SWAP","memoryLimitBytes":1048576}\
            """);
  }

  @Test
  void does_not_write_what_only_the_caller_knows() {
    for (Ending ending : new Ending[] {new Ending.TimedOut(Duration.ZERO), new Ending.Unknown()}) {
      EndingRecord record = new EndingRecord(MADE, ending, Optional.empty());
      assertThatThrownBy(() -> EndingRecordJson.write(record))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refuses_what_it_did_not_write() {
    for (String text :
        new String[] {
          "",
          "[]",
          "{}",
          "{\"container\":\"today\",\"ending\":\"exited\",\"status\":1}",
          "{\"container\":\"%s\",\"ending\":\"exited\"}".formatted(MADE),
          "{\"container\":\"%s\",\"ending\":\"bored\"}".formatted(MADE),
          "{\"container\":\"%s\",\"ending\":\"outOfMemory\"}".formatted(MADE)
        }) {
      assertThatThrownBy(() -> EndingRecordJson.read(text.getBytes(UTF_8)))
          .as(text)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("ending.json: ");
    }
  }
}
