package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The name of a file in its directory, as the kernel has it: bytes without NUL and {@code /}, which
 * need not be UTF-8.
 */
public final class FileName {
  /** The directory that a directory is in. */
  public static final FileName PARENT = new FileName("..".getBytes(UTF_8));

  private final byte[] bytes;

  private FileName(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The string in {@code memory} that begins at {@code start} and ends with NUL. */
  static FileName read(MemorySegment memory, long start) {
    long end = start;
    while (memory.get(JAVA_BYTE, end) != 0) {
      end++;
    }
    return new FileName(memory.asSlice(start, end - start).toArray(JAVA_BYTE));
  }

  MemorySegment write(Arena arena) {
    MemorySegment string = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, string, JAVA_BYTE, 0, bytes.length);
    return string;
  }

  /** Whether it is {@code .} or {@code ..}, which every directory has. */
  boolean isDots() {
    return bytes.length <= 2 && bytes[0] == '.' && bytes[bytes.length - 1] == '.';
  }

  /** For messages: without control characters, and bytes that are not UTF-8 replaced. */
  @Override
  public String toString() {
    return new String(bytes, UTF_8).replaceAll("\\p{Cntrl}", "?");
  }
}
