package dev.berth.core.spec;

import dev.berth.spi.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Where a value stands, such as {@code mounts[2].options[0]}; becomes a text only when there is a
 * problem to report.
 */
record JsonPath(@Nullable JsonPath parent, String step) {
  static final JsonPath ROOT = new JsonPath(null, "");

  JsonPath property(String name) {
    return new JsonPath(this, parent == null ? name : "." + name);
  }

  JsonPath element(int index) {
    return new JsonPath(this, "[" + index + "]");
  }

  /** A value of an object with free keys, which may well have dots in them. */
  JsonPath entry(String key) {
    return new JsonPath(this, "[\"" + Printable.value(key) + "\"]");
  }

  @Override
  public String toString() {
    return parent == null ? step : parent + step;
  }
}
