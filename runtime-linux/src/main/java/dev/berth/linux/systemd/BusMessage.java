package dev.berth.linux.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.berth.core.systemd.BusValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A message of D-Bus that is written, or read: {@code sd_bus_message}. */
final class BusMessage implements AutoCloseable {
  private static final int TRUE = 1;
  private static final int FALSE = 0;

  private final long address;

  BusMessage(long address) {
    this.address = address;
  }

  long address() {
    return address;
  }

  /** Adds a value at the end. */
  void append(BusValue value) throws SystemdException {
    switch (value) {
      case BusValue.Text(String text) -> appendText(text);
      case BusValue.Flag(boolean flag) -> appendBasic('b', flag ? TRUE : FALSE);
      case BusValue.Whole(char type, long number) -> appendBasic(type, number);
      case BusValue.Array(String element, var values) -> appendAll('a', element, values);
      case BusValue.Struct struct -> {
        String signature = struct.signature();
        String members = signature.substring(1, signature.length() - 1);
        appendAll('r', members, struct.members());
      }
      case BusValue.Variant(BusValue inner) -> appendAll('v', inner.signature(), List.of(inner));
    }
  }

  private void appendAll(char container, String contents, Iterable<BusValue> values)
      throws SystemdException {
    try (Arena arena = Arena.ofConfined()) {
      LibSystemd.check(
          "sd_bus_message_open_container",
          address,
          container,
          arena.allocateFrom(contents).address());
    }
    for (BusValue each : values) {
      append(each);
    }
    LibSystemd.check("sd_bus_message_close_container", address);
  }

  private void appendText(String text) throws SystemdException {
    try (Arena arena = Arena.ofConfined()) {
      LibSystemd.check(
          "sd_bus_message_append_basic", address, 's', arena.allocateFrom(text).address());
    }
  }

  private void appendBasic(char type, long value) throws SystemdException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(JAVA_LONG);
      switch (type) {
        case 'y' -> place.set(JAVA_BYTE, 0, (byte) value);
        case 'n', 'q' -> place.set(JAVA_SHORT, 0, (short) value);
        case 'b', 'i', 'u' -> place.set(JAVA_INT, 0, (int) value);
        default -> place.set(JAVA_LONG, 0, value);
      }
      LibSystemd.check("sd_bus_message_append_basic", address, type, place.address());
    }
  }

  /** Reads a string, or the path of an object. */
  String text(char type) throws SystemdException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(ADDRESS);
      LibSystemd.check("sd_bus_message_read_basic", address, type, place.address());
      return CString.at(place.get(JAVA_LONG, 0));
    }
  }

  /** Reads a number of 32 bits, unsigned. */
  long number32() throws SystemdException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(JAVA_INT);
      LibSystemd.check("sd_bus_message_read_basic", address, 'u', place.address());
      return Integer.toUnsignedLong(place.get(JAVA_INT, 0));
    }
  }

  /** Reads a number of 64 bits. */
  long number64() throws SystemdException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(JAVA_LONG);
      LibSystemd.check("sd_bus_message_read_basic", address, 't', place.address());
      return place.get(JAVA_LONG, 0);
    }
  }

  /** Goes into a variant, whose value has this type. */
  void enterVariant(String type) throws SystemdException {
    try (Arena arena = Arena.ofConfined()) {
      LibSystemd.check(
          "sd_bus_message_enter_container", address, 'v', arena.allocateFrom(type).address());
    }
  }

  /** Whether it is this signal. */
  boolean isSignal(String interfaceName, String member) {
    try (Arena arena = Arena.ofConfined()) {
      return LibSystemd.call(
              "sd_bus_message_is_signal",
              address,
              arena.allocateFrom(interfaceName).address(),
              arena.allocateFrom(member).address())
          > 0;
    }
  }

  @Override
  public void close() {
    LibSystemd.call("sd_bus_message_unref", address);
  }
}
