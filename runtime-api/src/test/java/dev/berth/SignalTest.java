package dev.berth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {
  @ParameterizedTest
  @CsvSource({
    "TERM,15,SIGTERM",
    "sigterm,15,SIGTERM",
    "SigKill,9,SIGKILL",
    "9,9,SIGKILL",
    "SYS,31,SIGSYS",
    "IOT,6,SIGABRT",
    "RTMIN,34,SIGRTMIN+0",
    "RTMIN+3,37,SIGRTMIN+3",
    "SIGRTMAX,64,SIGRTMIN+30",
    "RTMAX-1,63,SIGRTMIN+29",
    "33,33,33",
    "64,64,SIGRTMIN+30",
  })
  void reads_names_and_numbers(String text, int number, String name) {
    Signal signal = Signal.parse(text);

    assertThat(signal.number()).isEqualTo(number);
    assertThat(signal).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "FOO",
        "SIG",
        "0",
        "65",
        "-1",
        "+9",
        "9 ",
        "1000",
        "RTMIN+",
        "RTMIN-1",
        "RTMIN+31",
        "RTMAX+1",
        "RTMAXX",
        "٣"
      })
  void refuses_what_is_no_signal(String text) {
    assertThatThrownBy(() -> Signal.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown signal \"%s\"", text);
  }
}
