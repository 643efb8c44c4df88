package dev.berth.linux.stub;

import dev.berth.core.text.KernelText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Puts a program together from steps, in the format of {@code program.h}. */
final class ProgramWriter {

  static final long PROGRAM_MAGIC = 0x31706874726562L;
  static final int PROGRAM_MAX = 8 << 20;
  static final int STEPS_MAX = 4096;

  private static final int HEADER_SIZE = 3 * Long.BYTES;

  private ByteBuffer buffer = allocate(4096);
  private int steps;

  ProgramWriter() {
    buffer.position(HEADER_SIZE);
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }

  /**
   * Adds a step.
   *
   * @param fields as the operation's signature has them
   * @throws IllegalArgumentException for what a program cannot hold
   */
  void add(Operation operation, Object... fields) {
    String signature = operation.signature();
    if (fields.length != signature.length()) {
      throw new AssertionError(operation + " takes \"" + signature + "\"");
    }
    if (steps == STEPS_MAX) {
      throw new IllegalArgumentException("more than " + STEPS_MAX + " steps");
    }
    steps++;
    number(operation.number());
    int sizeAt = buffer.position();
    number(0);
    for (int i = 0; i < fields.length; i++) {
      field(signature.charAt(i), fields[i]);
    }
    buffer.putLong(sizeAt, buffer.position() - sizeAt - Long.BYTES);
  }

  private void field(char type, Object field) {
    switch (type) {
      case 'u' -> number(((Number) field).longValue());
      case 's' -> string((String) field);
      case 'l', 'n' -> {
        List<?> list = (List<?>) field;
        number(list.size());
        list.forEach(element -> field(type == 'l' ? 's' : 'u', element));
      }
      default -> throw new AssertionError("field type " + type);
    }
  }

  private void number(long value) {
    reserve(Long.BYTES);
    buffer.putLong(value);
  }

  private void string(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL in \"" + text.replace("\0", "\\0") + "\"");
    }
    byte[] bytes = KernelText.encode(text);
    number(bytes.length);
    // The NUL at the end, and zeros up to a multiple of 8.
    int padded = (bytes.length + 1 + 7) & ~7;
    reserve(padded);
    buffer.put(bytes).put(new byte[padded - bytes.length]);
  }

  private void reserve(int size) {
    int needed = buffer.position() + size;
    if (needed > PROGRAM_MAX) {
      throw new IllegalArgumentException("longer than the " + PROGRAM_MAX + " bytes of a program");
    }
    if (needed > buffer.capacity()) {
      ByteBuffer larger = allocate(Math.max(needed, 2 * buffer.capacity()));
      buffer = larger.put(buffer.flip());
    }
  }

  /** The whole program. */
  byte[] toBytes() {
    int size = buffer.position();
    buffer.putLong(0, PROGRAM_MAGIC).putLong(8, size).putLong(16, steps);
    byte[] bytes = new byte[size];
    buffer.get(0, bytes);
    return bytes;
  }
}
