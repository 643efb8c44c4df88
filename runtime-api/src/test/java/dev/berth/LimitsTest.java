package dev.berth;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
  @ParameterizedTest
  @ValueSource(
      doubles = {
        0,
        0.001,
        -2,
        -0.5,
        1_000_001,
        Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
      })
  void refuses_numbers_of_processors_that_no_kernel_has(double cpus) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limits.NONE.cpus(cpus))
        .withMessageStartingWith("cpu limit: ");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -2, Long.MIN_VALUE})
  void refuses_what_is_no_amount(long amount) {
    assertThatIllegalArgumentException().isThrownBy(() -> Limits.NONE.memory(amount));
    assertThatIllegalArgumentException().isThrownBy(() -> Limits.NONE.reservation(amount));
    assertThatIllegalArgumentException().isThrownBy(() -> Limits.NONE.pids(amount));
  }

  @Test
  void refuses_less_than_no_swap() {
    assertThatIllegalArgumentException().isThrownBy(() -> Limits.NONE.swap(Long.MIN_VALUE));
  }
}
