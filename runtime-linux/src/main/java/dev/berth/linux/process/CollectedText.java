package dev.berth.linux.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The first bytes of what a program wrote. A program decides how much it writes, so whoever keeps
 * it in memory needs a limit.
 *
 * @param text decoded as UTF-8; what is not UTF-8 is U+FFFD
 * @param dropped the number of bytes after {@code text} that were read and not kept
 */
public record CollectedText(String text, long dropped) {

  private static final int BUFFER = 1 << 14;

  /**
   * Reads {@code stream} to its end, so that the program never waits for a reader.
   *
   * @param limit of what is kept; a character that crosses it is dropped whole
   */
  public static CollectedText read(InputStream stream, OutputLimit limit) throws IOException {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    long dropped = 0;
    byte[] buffer = new byte[BUFFER];
    for (int count; (count = stream.read(buffer)) >= 0; ) {
      int fits = Math.min(count, limit.bytes() - kept.size());
      kept.write(buffer, 0, fits);
      dropped += count - fits;
    }
    return dropped == 0
        ? new CollectedText(kept.toString(StandardCharsets.UTF_8), 0)
        : cut(ByteBuffer.wrap(kept.toByteArray()), dropped);
  }

  private static CollectedText cut(ByteBuffer bytes, long dropped) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    // That this is not the end of the input leaves the bytes of an incomplete character unread.
    decoder.decode(bytes, text, false);
    return new CollectedText(text.flip().toString(), dropped + bytes.remaining());
  }
}
