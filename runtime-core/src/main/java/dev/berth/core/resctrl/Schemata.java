package dev.berth.core.resctrl;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The {@code schemata} of a group: for each resource and each of its domains a value, as in {@code
 * L3:0=7f0;1=1f}.
 *
 * @param values by resource and domain, such as {@code L3:0}
 */
record Schemata(Map<String, String> values) {

  /** Of several values for the same, the last one holds, as when they are written. */
  static Schemata of(List<String> lines) {
    Map<String, String> values = new HashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      String resource = line.substring(0, Math.max(colon, 0)).strip();
      for (String domain : line.substring(colon + 1).split(";", -1)) {
        int equals = domain.indexOf('=');
        String number = domain.substring(0, Math.max(equals, 0)).strip();
        values.put(resource + ":" + number, value(domain.substring(equals + 1)));
      }
    }
    return new Schemata(values);
  }

  /** The kernel writes masks without a {@code 0x}, in lower case, and pads them. */
  private static String value(String text) {
    String value = text.strip().toLowerCase(Locale.ROOT);
    return (value.startsWith("0x") ? value.substring(2) : value).replaceFirst("^0+(?=.)", "");
  }

  /** Whether a group that has these has the others, too. */
  boolean includes(Schemata others) {
    return values.entrySet().containsAll(others.values.entrySet());
  }
}
