package dev.berth.linux.systemd;

import java.lang.foreign.MemorySegment;

/** Text in memory of the library. */
final class CString {
  private CString() {}

  /** What is at {@code address}, up to the NUL; empty for NULL. */
  @SuppressWarnings("restricted") // the library knows how long it is, and ends it with a NUL
  static String at(long address) {
    return address == 0
        ? ""
        : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
  }
}
