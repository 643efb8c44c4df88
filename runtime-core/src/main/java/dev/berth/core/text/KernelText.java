package dev.berth.core.text;

import dev.berth.spi.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Strings of the kernel: arguments, variables, names of files. They are bytes without a charset,
 * and mostly UTF-8. Here each byte that is not UTF-8 is a character of its own, U+DC80 to U+DCFF
 * for 0x80 to 0xff, which no valid text contains; <a href="https://peps.python.org/pep-0383/">PEP
 * 383</a> does the same. So every string of the kernel survives the way to Java and back, whatever
 * the locale of the JVM is.
 */
public final class KernelText {
  private static final char FIRST_BYTE = 0xdc80;
  private static final char LAST_BYTE = 0xdcff;
  private static final int BYTE_TO_CHAR = 0xdc00;

  private KernelText() {}

  /** The text of these bytes. */
  public static String decode(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // No byte makes more than one char.
    CharBuffer out = CharBuffer.allocate(bytes.length);
    for (CoderResult result = decoder.decode(in, out, true);
        result.isError();
        result = decoder.decode(in, out, true)) {
      out.put((char) (BYTE_TO_CHAR | Byte.toUnsignedInt(in.get())));
      decoder.reset();
    }
    return out.flip().toString();
  }

  /**
   * The bytes of this text.
   *
   * @throws IllegalArgumentException if there is half of a surrogate pair in it that is no byte: in
   *     UTF-8 it would become another character
   */
  public static byte[] encode(String text) {
    if (!hasHalfACharacter(text)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(point -> {
          if (isByte(point)) {
            bytes.write(point);
          } else if (isHalf(point)) {
            throw new IllegalArgumentException(
                "half of a surrogate pair in \"%s\"".formatted(Printable.value(text)));
          } else {
            bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
          }
        });
    return bytes.toByteArray();
  }

  /** Whether there is something in it that is no character: a byte, or half of a surrogate pair. */
  public static boolean hasHalfACharacter(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints().anyMatch(KernelText::isHalf);
      }
    }
    return false;
  }

  /** Whether the kernel can have it: each half of a surrogate pair is a byte. */
  public static boolean isEncodable(String text) {
    return !hasHalfACharacter(text)
        || text.codePoints().noneMatch(point -> isHalf(point) && !isByte(point));
  }

  /**
   * Whether a text that the JVM has decoded in its locale is certain to be what it was: only ASCII,
   * and no question mark, which stands for what the locale does not have.
   */
  public static boolean isKnown(String text) {
    return text.chars().allMatch(c -> c < 0x80 && c != '?');
  }

  private static boolean isHalf(int point) {
    return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
  }

  private static boolean isByte(int point) {
    return point >= FIRST_BYTE && point <= LAST_BYTE;
  }

  /** All of a file of the kernel's, such as one in {@code /proc}. */
  public static String read(Path file) throws IOException {
    return decode(Files.readAllBytes(file));
  }

  /**
   * The lines of such a file. {@link String#lines} would end one at a carriage return as well,
   * which a name in it may contain.
   */
  public static Stream<String> lines(String text) {
    return text.isEmpty() ? Stream.empty() : Stream.of(text.split("\n"));
  }
}
