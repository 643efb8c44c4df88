package dev.berth.core.systemd;

import java.util.ArrayList;
import java.util.List;

/**
 * A value as D-Bus sends it, with its type.
 *
 * @see <a href="https://dbus.freedesktop.org/doc/dbus-specification.html#type-system">D-Bus type
 *     system</a>
 */
public sealed interface BusValue {

  /** The type, as D-Bus writes it. */
  String signature();

  /** {@code s} */
  record Text(String value) implements BusValue {
    @Override
    public String signature() {
      return "s";
    }
  }

  /** {@code b} */
  record Flag(boolean value) implements BusValue {
    @Override
    public String signature() {
      return "b";
    }
  }

  /**
   * {@code y}, {@code n}, {@code q}, {@code i}, {@code u}, {@code x}, {@code t}.
   *
   * @param type that letter
   * @param value an unsigned one may be negative here
   */
  record Whole(char type, long value) implements BusValue {
    @Override
    public String signature() {
      return String.valueOf(type);
    }
  }

  /** {@code a…} */
  record Array(String element, List<BusValue> values) implements BusValue {
    /** Copies the list. */
    public Array {
      values = List.copyOf(values);
    }

    @Override
    public String signature() {
      return "a" + element;
    }
  }

  /** {@code (…)} */
  record Struct(List<BusValue> members) implements BusValue {
    /** Copies the list. */
    public Struct {
      members = List.copyOf(members);
    }

    @Override
    public String signature() {
      StringBuilder signature = new StringBuilder("(");
      members.forEach(member -> signature.append(member.signature()));
      return signature.append(')').toString();
    }
  }

  /** {@code v} */
  record Variant(BusValue value) implements BusValue {
    @Override
    public String signature() {
      return "v";
    }
  }

  /** {@code s} */
  static BusValue text(String value) {
    return new Text(value);
  }

  /** {@code b} */
  static BusValue flag(boolean value) {
    return new Flag(value);
  }

  /** {@code t} */
  static BusValue number(long value) {
    return new Whole('t', value);
  }

  /** {@code as} */
  static BusValue texts(List<String> values) {
    return new Array("s", values.stream().map(BusValue::text).toList());
  }

  /** {@code au}, of one. */
  static BusValue onlyPid(int pid) {
    return new Array("u", List.of(new Whole('u', pid)));
  }

  /** {@code ay} */
  static BusValue bytes(byte[] bytes) {
    List<BusValue> values = new ArrayList<>();
    for (byte each : bytes) {
      values.add(new Whole('y', each & 0xff));
    }
    return new Array("y", values);
  }
}
