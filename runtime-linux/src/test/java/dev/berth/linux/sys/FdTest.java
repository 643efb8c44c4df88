package dev.berth.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FdTest {

  @Test
  void its_number_cannot_be_used_after_its_close() throws Exception {
    Fd fd = Descriptors.eventfd2(0, 0);
    fd.close();
    assertThatThrownBy(fd::number)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("descriptor used after its close");
    assertThat(fd).hasToString("closed");
  }

  @Test
  void a_second_close_does_not_touch_whoever_has_the_number_now() throws Exception {
    Fd first = Descriptors.eventfd2(0, 0);
    int number = first.number();
    first.close();
    try (Fd second = new Fd(Descriptors.fcntl(new Fd(0), Descriptors.F_DUPFD_CLOEXEC, number))) {
      first.close();
      assertThat(Files.exists(Path.of("/proc/self/fd/" + second.number()))).isTrue();
    }
  }

  @Test
  void a_close_behind_its_back_is_noticed() {
    Fd fd = new Fd(1 << 20);
    assertThatThrownBy(fd::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("descriptor 1048576 was closed by somebody else");
  }

  @Test
  void a_negative_number_is_none() {
    assertThatThrownBy(() -> new Fd(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("descriptor -1");
  }
}
