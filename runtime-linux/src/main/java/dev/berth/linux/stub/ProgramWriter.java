package dev.berth.linux.stub;

import dev.berth.core.text.KernelText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Puts a program together from steps, in the format of {@code program.h}. */
final class ProgramWriter {

  static final long PROGRAM_MAGIC = 0x31706874726562L;
  static final int PROGRAM_MAX = 64 << 20;

  private static final int HEADER_SIZE = 4 * Long.BYTES;

  private ByteBuffer buffer = allocate(4096);
  private int steps;
  private long slots;

  /**
   * Begins a program.
   *
   * @param filled how many slots are filled before the first step
   */
  ProgramWriter(int filled) {
    slots = filled;
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
      case 'd' -> slot(((Number) field).longValue());
      case 's' -> string((String) field);
      case 'l' -> list('s', (List<?>) field);
      case 'n' -> list('u', (List<?>) field);
      case 'D' -> list('d', (List<?>) field);
      default -> throw new AssertionError("field type " + type);
    }
  }

  private void list(char type, List<?> elements) {
    number(elements.size());
    elements.forEach(element -> field(type, element));
  }

  private void slot(long slot) {
    slots = Math.max(slots, slot + 1);
    number(slot);
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
      throw new IllegalArgumentException(
          "the plan is longer than the %s MiB that one can have".formatted(PROGRAM_MAX >> 20));
    }
    if (needed > buffer.capacity()) {
      ByteBuffer larger = allocate(Math.max(needed, 2 * buffer.capacity()));
      buffer = larger.put(buffer.flip());
    }
  }

  /** The whole program. */
  byte[] toBytes() {
    int size = buffer.position();
    buffer.putLong(0, PROGRAM_MAGIC).putLong(8, size).putLong(16, steps).putLong(24, slots);
    byte[] bytes = new byte[size];
    buffer.get(0, bytes);
    return bytes;
  }
}
