package dev.berth.core.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.UnsupportedFeatureException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnnotatedPropertiesTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          TimeoutStopUSec | uint64 5000000      | TimeoutStopUSec=5000000 | t
          TimeoutStopSec  | uint64 5            | TimeoutStopUSec=5000000 | t
          TimeoutStopSec  | 5                   | TimeoutStopUSec=5000000 | t
          KillSignal      | 37                  | KillSignal=37           | i
          SendSIGHUP      | true                | SendSIGHUP=true         | b
          CollectMode     | "inactive-or-failed" | CollectMode=inactive-or-failed | s
          After           | ["a.service", "b.service"] | After=[a.service, b.service] | as
          RuntimeMaxUSec  | uint64 18446744073709551615 | RuntimeMaxUSec=18446744073709551615 | t
          """,
      delimiter = '|')
  void become_properties(String name, String value, String property, String type) {
    List<UnitProperty> properties =
        AnnotatedProperties.of(Map.of("org.systemd.property." + name, value, "other", "x"));
    assertThat(properties).singleElement();
    assertThat(LimitPropertiesTest.text(properties.getFirst())).isEqualTo(property);
    assertThat(properties.getFirst().value().signature()).isEqualTo(type);
  }

  @Test
  void may_quote_text_in_both_ways() {
    assertThat(AnnotatedProperties.of(Map.of("org.systemd.property.KillMode", "'mixed'")))
        .containsExactly(new UnitProperty("KillMode", BusValue.text("mixed")));
  }

  @Test
  void are_not_nested_without_end() {
    Map<String, String> annotations = Map.of("org.systemd.property.After", "[".repeat(200_000));
    assertThatThrownBy(() -> AnnotatedProperties.of(annotations))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("annotations[\"org.systemd.property.After\"]: nested deeper than 32 arrays");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Delegate",
        "DeviceAllow",
        "ExecStopPost",
        "FailureAction",
        "MemoryMax",
        "OnFailure",
        "PIDs",
        "Requires",
        "Slice",
        "SuccessAction",
        "User",
        "Wants",
        ""
      })
  void t35_do_not_reach_beyond_the_container(String name) {
    assertThatThrownBy(() ->
            AnnotatedProperties.of(Map.of("org.systemd.property." + name, "'poweroff-force'")))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "annotations[\"org.systemd.property.%s\"]: not taken from an annotation, which must not reach"
                + " beyond the container; these are: After, Before, CollectMode, Description,"
                + " Documentation, FinalKillSignal, IPAccounting, KillMode, KillSignal,"
                + " ManagedOOMMemoryPressure, ManagedOOMMemoryPressureLimit, ManagedOOMPreference,"
                + " ManagedOOMSwap, OOMPolicy, RuntimeMaxUSec, SendSIGHUP, SendSIGKILL,"
                + " TimeoutStopUSec",
            name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text",
        "'text",
        "uint64",
        "uint64 x",
        "uint64 -1",
        "byte 256",
        "[]",
        "['a', 1]",
        "['a'",
        "1 2",
        "uint32 4294967296",
        "2147483648",
        "'a\\'b'"
      })
  void have_a_value_that_can_be_read(String value) {
    assertThatThrownBy(
            () -> AnnotatedProperties.of(Map.of("org.systemd.property.Description", value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "annotations[\"org.systemd.property.Description\"]: \"%s\" is none of true, 'text', uint64 5"
                + " and ['a', 'b']",
            value);
  }

  @Test
  void are_numbers_where_they_are_seconds() {
    assertThatThrownBy(
            () -> AnnotatedProperties.of(Map.of("org.systemd.property.TimeoutStopSec", "'5s'")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "annotations[\"org.systemd.property.TimeoutStopSec\"]: not a number of seconds");
  }
}
