package dev.berth.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.UnsupportedFeatureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelVersionTest {

  @ParameterizedTest
  @ValueSource(strings = {"5.14.0-427.el9.x86_64", "5.14", "5.15.0", "6.1.0-13-amd64", "10.0-rc1"})
  void is_new_enough(String release) {
    assertThatCode(() -> KernelVersion.parse(release).requireSupported())
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.19.0", "5.13.19", "5.4.0-150-generic", "3.10.0-1160.el7"})
  void is_too_old(String release) {
    assertThatThrownBy(() -> KernelVersion.parse(release).requireSupported())
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage("Linux 5.14 or newer is needed; this is " + release);
  }

  @Test
  void refuses_what_is_no_release() {
    assertThatThrownBy(() -> KernelVersion.parse("next"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a kernel release: \"next\"");
  }

  @Test
  void this_kernel_tells_its_own() {
    assertThat(Host.kernel().release()).isEqualTo(System.getProperty("os.version"));
  }
}
