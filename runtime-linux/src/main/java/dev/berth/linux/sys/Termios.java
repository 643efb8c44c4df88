package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * The settings of a terminal; {@code struct termios} as the kernel has it, which is not that of
 * termios(3).
 */
public final class Termios {

  static final int IGNBRK = 0x1;
  static final int BRKINT = 0x2;
  static final int PARMRK = 0x8;
  static final int ISTRIP = 0x20;
  static final int INLCR = 0x40;
  static final int IGNCR = 0x80;
  static final int ICRNL = 0x100;
  static final int IXON = 0x400;
  static final int OPOST = 0x1;
  static final int CSIZE = 0x30;
  static final int CS8 = 0x30;
  static final int PARENB = 0x100;
  static final int ISIG = 0x1;
  static final int ICANON = 0x2;
  static final int ECHO = 0x8;
  static final int ECHONL = 0x40;
  static final int IEXTEN = 0x8000;

  static final int VEOF = 4;
  static final int VTIME = 5;
  static final int VMIN = 6;

  static final StructLayout LAYOUT =
      MemoryLayout.structLayout(
              JAVA_INT.withName("c_iflag"),
              JAVA_INT.withName("c_oflag"),
              JAVA_INT.withName("c_cflag"),
              JAVA_INT.withName("c_lflag"),
              JAVA_BYTE.withName("c_line"),
              MemoryLayout.sequenceLayout(19, JAVA_BYTE).withName("c_cc"))
          .withName("struct termios");

  private static final int INPUT = (int) Structs.offset(LAYOUT, "c_iflag");
  private static final int OUTPUT = (int) Structs.offset(LAYOUT, "c_oflag");
  private static final int CONTROL = (int) Structs.offset(LAYOUT, "c_cflag");
  private static final int LOCAL = (int) Structs.offset(LAYOUT, "c_lflag");
  private static final int CHARACTERS = (int) Structs.offset(LAYOUT, "c_cc");

  private final ByteBuffer content;

  /** The settings in these bytes. */
  Termios(byte[] content) {
    this.content = ByteBuffer.wrap(content.clone()).order(ByteOrder.nativeOrder());
  }

  byte[] toBytes() {
    return content.array().clone();
  }

  /**
   * These settings, but without any processing of what is typed and printed; <a
   * href="https://man7.org/linux/man-pages/man3/termios.3.html">cfmakeraw(3)</a>.
   */
  public Termios raw() {
    Termios raw = new Termios(toBytes());
    raw.clear(INPUT, IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.clear(OUTPUT, OPOST);
    raw.clear(LOCAL, ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.clear(CONTROL, CSIZE | PARENB);
    raw.content.putInt(CONTROL, raw.content.getInt(CONTROL) | CS8);
    raw.content.put(CHARACTERS + VMIN, (byte) 1);
    raw.content.put(CHARACTERS + VTIME, (byte) 0);
    return raw;
  }

  /** These settings, but without any processing of what is printed. */
  public Termios rawOutput() {
    Termios raw = new Termios(toBytes());
    raw.clear(OUTPUT, OPOST);
    return raw;
  }

  private void clear(int member, int flags) {
    content.putInt(member, content.getInt(member) & ~flags);
  }

  /** What is typed for "end of file", usually Ctrl-D; empty where the program reads it as it is. */
  public OptionalInt endOfFile() {
    boolean canonical = (content.getInt(LOCAL) & ICANON) != 0;
    int character = Byte.toUnsignedInt(content.get(CHARACTERS + VEOF));
    return canonical && character != 0 ? OptionalInt.of(character) : OptionalInt.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Termios that && content.equals(that.content);
  }

  @Override
  public int hashCode() {
    return content.hashCode();
  }

  @Override
  public String toString() {
    return "termios " + HexFormat.of().formatHex(content.array());
  }
}
