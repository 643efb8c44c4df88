package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * Something happened to a descriptor; <a
 * href="https://man7.org/linux/man-pages/man3/epoll_event.3type.html">epoll_event(3type)</a>.
 *
 * @param events {@code EPOLL*}
 * @param data what the descriptor was added with
 */
public record EpollEvent(int events, long data) {

  static final StructLayout LAYOUT = layout(Architecture.current());

  private static final long EVENTS = Structs.offset(LAYOUT, "events");
  private static final long DATA = Structs.offset(LAYOUT, "data");

  /** Packed on x86_64, and there alone. */
  static StructLayout layout(Architecture architecture) {
    StructLayout layout =
        switch (architecture) {
          case X86_64 ->
              MemoryLayout.structLayout(
                  JAVA_INT.withName("events"), JAVA_LONG_UNALIGNED.withName("data"));
          case AARCH64, RISCV64 ->
              MemoryLayout.structLayout(
                  JAVA_INT.withName("events"),
                  MemoryLayout.paddingLayout(4),
                  JAVA_LONG.withName("data"));
        };
    return layout.withName("struct epoll_event");
  }

  MemorySegment write(Arena arena) {
    MemorySegment event = arena.allocate(LAYOUT);
    event.set(JAVA_INT, EVENTS, events);
    event.set(JAVA_LONG_UNALIGNED, DATA, data);
    return event;
  }

  static EpollEvent read(MemorySegment array, int index) {
    long start = index * LAYOUT.byteSize();
    return new EpollEvent(
        array.get(JAVA_INT, start + EVENTS), array.get(JAVA_LONG_UNALIGNED, start + DATA));
  }
}
