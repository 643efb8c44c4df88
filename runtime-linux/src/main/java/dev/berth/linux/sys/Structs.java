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

  static long offset(StructLayout layout, String member) {
    return layout.byteOffset(groupElement(member));
  }
}
