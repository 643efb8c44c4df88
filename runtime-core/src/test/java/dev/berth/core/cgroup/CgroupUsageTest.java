package dev.berth.core.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Usage;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CgroupUsageTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  /** As systemd tells what was used in a scope. */
  private static final CgroupUsage OF_UNIT =
      new CgroupUsage(
          Optional.empty(),
          Optional.empty(),
          millis(100),
          of(4096),
          of(1),
          of(2),
          Optional.empty(),
          NONE);

  private static final CgroupUsage OF_FILES =
      new CgroupUsage(millis(30), millis(9), Optional.empty(), NONE, NONE, of(7), millis(5), of(3));

  @Test
  void what_is_absent_is_taken_from_the_other() {
    assertThat(CgroupUsage.NONE.or(OF_UNIT)).isEqualTo(OF_UNIT);
    assertThat(OF_FILES.or(CgroupUsage.NONE)).isEqualTo(OF_FILES);
    assertThat(OF_FILES.or(OF_UNIT))
        .isEqualTo(
            new CgroupUsage(
                millis(30), millis(9), Optional.empty(), of(4096), of(1), of(7), millis(5), of(3)));
  }

  @Test
  void processor_time_is_divided_as_that_of_the_process_where_it_is_not_told_apart() {
    Usage usage = OF_UNIT.orOf(process(3, 1));
    assertThat(usage.user()).hasMillis(75);
    assertThat(usage.system()).hasMillis(25);
    assertThat(usage.cpu()).hasMillis(100);
    assertThat(OF_UNIT.orOf(process(0, 0)).user()).hasMillis(100);
  }

  @Test
  void processor_time_is_that_of_the_process_where_nothing_is_counted() {
    Usage usage = CgroupUsage.NONE.orOf(process(3, 1));
    assertThat(usage.user()).hasMillis(3);
    assertThat(usage.system()).hasMillis(1);
    assertThat(OF_FILES.orOf(process(3, 1)).user()).hasMillis(30);
    assertThat(OF_FILES.orOf(process(3, 1)).system()).hasMillis(9);
  }

  private static Usage process(long userMillis, long systemMillis) {
    return new Usage(
        Duration.ofSeconds(1),
        Duration.ofMillis(userMillis),
        Duration.ofMillis(systemMillis),
        NONE,
        NONE,
        NONE,
        NONE,
        Optional.empty(),
        NONE);
  }

  private static Optional<Duration> millis(long millis) {
    return Optional.of(Duration.ofMillis(millis));
  }

  private static OptionalLong of(long value) {
    return OptionalLong.of(value);
  }
}
