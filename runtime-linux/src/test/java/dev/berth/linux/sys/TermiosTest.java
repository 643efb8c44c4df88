package dev.berth.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TermiosTest {
  /** As the kernel makes a terminal: tty_std_termios in drivers/tty/tty_io.c. */
  private static final Termios NEW = termios(0x500, 0x5, 0xbf, 0x8a3b, "\3\34\177\25\4\0\1\0\21");

  private static Termios termios(int input, int output, int control, int local, String keys) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) Termios.LAYOUT.byteSize()).order(ByteOrder.nativeOrder());
    bytes.putInt(input).putInt(output).putInt(control).putInt(local).put((byte) 0);
    for (char key : keys.toCharArray()) {
      bytes.put((byte) key);
    }
    return new Termios(bytes.array());
  }

  @Test
  void raw_is_what_cfmakeraw_makes_of_it() {
    assertThat(NEW.raw()).isEqualTo(termios(0, 0x4, 0xbf, 0xa30, "\3\34\177\25\4\0\1\0\21"));
    assertThat(NEW.raw().raw()).isEqualTo(NEW.raw());
  }

  @Test
  void there_is_a_key_for_end_of_file_where_lines_are_read() {
    assertThat(NEW.endOfFile()).hasValue(4);
    assertThat(NEW.raw().endOfFile()).isEmpty();
    assertThat(termios(0, 0, 0, 0x2, "\3\34\177\25\0").endOfFile()).isEmpty();
  }

  @Test
  void a_size_is_two_unsigned_shorts() {
    assertThat(new WindowSize(0xffff, 0).columns()).isEqualTo(65_535);
    assertThatThrownBy(() -> new WindowSize(-1, 0))
        .hasMessage("terminal size: columns must be within 0 to 65535, is -1");
  }

  @Test
  void other_descriptors_are_no_terminals() throws Exception {
    try (Descriptors.Pipe pipe = Descriptors.pipe2(0)) {
      assertThatThrownBy(() -> Terminals.settings(pipe.reader()))
          .hasMessageContaining("TCGETS): ENOTTY (Inappropriate ioctl for device)");
      assertThatThrownBy(() -> Terminals.size(pipe.reader())).hasMessageContaining("ENOTTY");
    }
  }
}
