package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.berth.Limits;
import dev.berth.spec.LinuxResources;
import org.junit.jupiter.api.Test;

class LimitEditsTest {
  @Test
  void refuses_more_memory_and_swap_than_can_be_counted() {
    Limits limits = Limits.NONE.memory(Long.MAX_VALUE).swap(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LimitEdits.of(limits, LinuxResources.NONE))
        .withMessage(
            "swap limit: 1 and the memory limit of 9223372036854775807 are more bytes together"
                + " than 2^63-1");
  }

  @Test
  void counts_memory_and_swap_together() {
    Limits limits = Limits.NONE.memory(Long.MAX_VALUE - 1).swap(1);
    assertThat(LimitEdits.of(limits, LinuxResources.NONE).memory().swap())
        .isEqualTo(Long.MAX_VALUE);
  }
}
