package dev.berth.core.systemd;

import dev.berth.spi.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value as annotations of engines have it, in <a
 * href="https://docs.gtk.org/glib/gvariant-text-format.html">GVariant's text format</a>: {@code
 * true}, {@code 'text'}, {@code "text"}, {@code uint64 5}, {@code 5} (an int32), {@code ['a',
 * 'b']}.
 */
final class VariantText {
  private static final Map<String, Character> TYPES =
      Map.of(
          "byte", 'y', "int16", 'n', "uint16", 'q', "int32", 'i', "uint32", 'u', "int64", 'x',
          "uint64", 't');

  /** As deep as D-Bus allows arrays to be. */
  private static final int MAX_DEPTH = 32;

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\G\\s*(?:(?<word>[a-z0-9]+)|'(?<single>[^'\\\\]*)'|\"(?<double>[^\"\\\\]*)\""
              + "|(?<number>-?\\d+)|(?<mark>[\\[\\],]))");

  private final String text;
  private final Matcher tokens;
  private int end;
  private int depth;

  private VariantText(String text) {
    this.text = text;
    this.tokens = TOKEN.matcher(text);
  }

  /**
   * Reads {@code text}.
   *
   * @throws IllegalArgumentException if it is something else; the message says what was expected
   */
  static BusValue parse(String text) {
    VariantText variant = new VariantText(text);
    variant.next();
    BusValue value = variant.value();
    if (!text.substring(variant.end).isBlank()) {
      throw variant.unexpected();
    }
    return value;
  }

  private void next() {
    if (!tokens.find(end) || tokens.start() != end) {
      throw unexpected();
    }
    end = tokens.end();
  }

  private BusValue value() {
    String word = tokens.group("word");
    if (word != null) {
      return word(word);
    }
    String single = tokens.group("single");
    String quoted = single != null ? single : tokens.group("double");
    if (quoted != null) {
      return BusValue.text(quoted);
    }
    if (tokens.group("number") != null) {
      return whole('i', tokens.group("number"));
    }
    if ("[".equals(tokens.group("mark"))) {
      return array();
    }
    throw unexpected();
  }

  private BusValue word(String word) {
    if (word.equals("true") || word.equals("false")) {
      return BusValue.flag(word.equals("true"));
    }
    Character type = TYPES.get(word);
    if (type == null) {
      return whole('i', word);
    }
    next();
    String digits = tokens.group("word") != null ? tokens.group("word") : tokens.group("number");
    if (digits == null) {
      throw unexpected();
    }
    return whole(type, digits);
  }

  private BusValue whole(char type, String digits) {
    try {
      long value = type == 't' ? Long.parseUnsignedLong(digits) : Long.parseLong(digits);
      if (isIn(type, value)) {
        return new BusValue.Whole(type, value);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw unexpected();
  }

  private static boolean isIn(char type, long value) {
    return switch (type) {
      case 'y' -> value >= 0 && value <= 0xff;
      case 'n' -> value == (short) value;
      case 'q' -> value >= 0 && value <= 0xffff;
      case 'i' -> value == (int) value;
      case 'u' -> value >= 0 && value <= 0xffff_ffffL;
      default -> true;
    };
  }

  private BusValue array() {
    List<BusValue> values = new ArrayList<>();
    depth++;
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("nested deeper than " + MAX_DEPTH + " arrays");
    }
    do {
      next();
      values.add(value());
      next();
    } while (",".equals(tokens.group("mark")));
    String element = values.getFirst().signature();
    if (!"]".equals(tokens.group("mark"))
        || values.stream().anyMatch(each -> !each.signature().equals(element))) {
      throw unexpected();
    }
    depth--;
    return new BusValue.Array(element, values);
  }

  private IllegalArgumentException unexpected() {
    return new IllegalArgumentException(
        "\"%s\" is none of true, 'text', uint64 5 and ['a', 'b']".formatted(Printable.value(text)));
  }
}
