package dev.berth.spi;

import java.util.HexFormat;

/**
 * Text from outside, such as a configuration or a container, as a part of a message: printable, on
 * one line, and bounded. Control characters could act on a terminal and forge lines of a log;
 * bidirectional and other format characters could show something else than what is there.
 */
public final class Printable {
  /** Halves of surrogate pairs that stand for the bytes 0x80 to 0xff of what is not UTF-8. */
  private static final int FIRST_BYTE = 0xdc80;

  private static final int LAST_BYTE = 0xdcff;
  private static final int MAX_MESSAGE = 2000;
  private static final int MAX_VALUE = 200;

  private Printable() {}

  /** A message: {@link #text}, and of more than 2000 characters only the start and the end. */
  public static String message(String message) {
    return text(shortened(message, MAX_MESSAGE));
  }

  /** A value in a message: {@link #text}, and of more than 200 characters the start and the end. */
  public static String value(String value) {
    return text(shortened(value, MAX_VALUE));
  }

  /**
   * The text with an escape, such as {@code \n} or {@code \u001b}, for each character that is no
   * visible one, and {@code \xff} for a byte that is not UTF-8.
   */
  public static String text(String text) {
    int start = 0;
    while (start < text.length() && isVisible(text.codePointAt(start))) {
      start += Character.charCount(text.codePointAt(start));
    }
    if (start == text.length()) {
      return text;
    }
    StringBuilder printable = new StringBuilder(text.length() + 16).append(text, 0, start);
    text.substring(start).codePoints().forEach(point -> append(printable, point));
    return printable.toString();
  }

  private static String shortened(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int start = max / 4 * 3;
    int end = text.length() - max / 4;
    // No character is cut in two.
    start -= Character.isHighSurrogate(text.charAt(start - 1)) ? 1 : 0;
    end += Character.isLowSurrogate(text.charAt(end)) ? 1 : 0;
    return text.substring(0, start)
        + "[… "
        + (end - start)
        + " characters …]"
        + text.substring(end);
  }

  private static void append(StringBuilder printable, int point) {
    switch (point) {
      case '\n' -> printable.append("\\n");
      case '\r' -> printable.append("\\r");
      case '\t' -> printable.append("\\t");
      default -> {
        if (isVisible(point)) {
          printable.appendCodePoint(point);
        } else {
          escape(printable, point);
        }
      }
    }
  }

  private static void escape(StringBuilder printable, int point) {
    if (point >= FIRST_BYTE && point <= LAST_BYTE) {
      printable.append("\\x").append(HexFormat.of().toHexDigits((byte) point));
      return;
    }
    for (char unit : Character.toChars(point)) {
      printable.append("\\u").append(HexFormat.of().toHexDigits(unit));
    }
  }

  private static boolean isVisible(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
