package dev.berth.linux.stub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {

  @Test
  void reads_a_failure_and_makes_its_detail_printable() throws Exception {
    byte[] detail = "open(\"\u001b[31mred\n\u202e\")".getBytes(UTF_8);
    assertThat(Report.read(new Message(report(1, 7, 2, 0, detail.length, detail), List.of())))
        .isEqualTo(
            new Report.Failed(7, 2, "open(\"\\u001b[31mred\\n\\u202e\")", OptionalInt.empty()));
  }

  @Test
  void a_failure_without_an_errno_is_what_its_detail_says() throws Exception {
    byte[] detail = "exited with 1".getBytes(UTF_8);
    Report.Failed failed = new Report.Failed(7, 0, "exited with 1", OptionalInt.of(2));
    assertThat(Report.read(new Message(report(1, 7, 0, 3, detail.length, detail), List.of())))
        .isEqualTo(failed)
        .hasToString("exited with 1");
  }

  @Test
  void reads_the_other_kinds() throws Exception {
    assertThat(Report.read(new Message(report(2, 0, 0, 1, 0), List.of())))
        .isEqualTo(new Report.Sync(1, List.of()));
    assertThat(Report.read(new Message(report(4, 0, 0, 0, 0), List.of())))
        .isEqualTo(new Report.Created());
    try (Fd pidfd = Descriptors.eventfd2(0, 0)) {
      assertThat(Report.read(new Message(report(3, 0, 0, 42, 0), List.of(pidfd))))
          .isEqualTo(new Report.Forked(42, pidfd));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,0,1", "1,513,513", "3,0,0", "6,0,0", "0,0,0", "4294967297,0,0"})
  void refuses_what_is_no_report(long kind, long length, int actual) {
    byte[] bytes = report(kind, 0, 0, 0, length, new byte[actual]);
    assertThatThrownBy(() -> Report.read(new Message(bytes, List.of())))
        .isInstanceOf(StubException.class)
        .hasMessageStartingWith("stub: not a report: ");
  }

  @Test
  void closes_descriptors_that_do_not_belong_to_the_report() throws Exception {
    Fd stray = Descriptors.eventfd2(0, 0);
    assertThatThrownBy(() -> Report.read(new Message(report(4, 0, 0, 0, 0), List.of(stray))))
        .isInstanceOf(StubException.class);
    assertThat(stray).hasToString("closed");
  }

  private static byte[] report(
      long kind, long step, long error, long value, long length, byte... detail) {
    return ByteBuffer.allocate(5 * Long.BYTES + detail.length)
        .order(ByteOrder.nativeOrder())
        .putLong(kind)
        .putLong(step)
        .putLong(error)
        .putLong(value)
        .putLong(length)
        .put(detail)
        .array();
  }
}
