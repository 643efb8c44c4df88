package dev.berth.linux.sys;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.stream.Stream;

/** Layouts of C structures; each is named as C names it, and so are its members. */
final class Structs {

  private Structs() {}

  /** A structure of nothing but 64-bit numbers and pointers. */
  static StructLayout ofLongs(String name, String... members) {
    return MemoryLayout.structLayout(
            Stream.of(members).map(JAVA_LONG::withName).toArray(MemoryLayout[]::new))
        .withName(name);
  }

  /**
   * A structure that begins with {@code members}, and is {@code size} bytes large: the kernel's may
   * have more members behind these, in this version or in a later one.
   */
  static StructLayout padded(long size, MemoryLayout... members) {
    long known = MemoryLayout.structLayout(members).byteSize();
    MemoryLayout rest = MemoryLayout.paddingLayout(size - known);
    return MemoryLayout.structLayout(
        Stream.concat(Stream.of(members), Stream.of(rest)).toArray(MemoryLayout[]::new));
  }

  static long offset(StructLayout layout, String member) {
    return layout.byteOffset(groupElement(member));
  }
}
