package dev.berth.core.spec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.berth.Problem;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Reads {@code config.json}, and the files that hold a part of it.
 *
 * <p>Properties that the specification does not have are ignored, as it demands, and so are those
 * of other platforms. Everything else is taken at its word: a value of another type is never
 * converted, {@code null} is the same as absent, and a property that is given twice is refused,
 * since which one counts differs from reader to reader, and what an engine checked must be what
 * runs.
 *
 * <p>The file is streamed into records rather than bound by jackson-databind: in a JVM that has
 * just started that takes half the time, and all values of a wrong type are found in one go.
 */
public final class SpecReader {
  /** Some hundred times what the largest engine writes. */
  private static final int MAX_BYTES = 16 << 20;

  /**
   * The specification needs ten; what is deeper can only be in a property that it does not have.
   */
  private static final int MAX_DEPTH = 64;

  private static final JsonFactory JSON =
      JsonFactories.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_BYTES)
                  .build())
          .build();

  private SpecReader() {}

  /**
   * Reads the configuration of a bundle.
   *
   * @param config the file {@code config.json} in the bundle's directory
   * @throws IOException if there is no such file, or it cannot be read
   */
  public static Reading<Spec> read(Path config) throws IOException {
    try (InputStream file = Files.newInputStream(config)) {
      return read(file, Spec.class);
    } catch (NoSuchFileException missing) {
      throw worded(config.toAbsolutePath(), missing);
    }
  }

  private static IOException worded(Path config, NoSuchFileException missing) {
    Path bundle = config.getParent();
    boolean there = bundle != null && Files.exists(bundle);
    IOException worded =
        new NoSuchFileException(
            "bundle \"%s\"%s does not exist"
                .formatted(bundle, there ? ": " + config.getFileName() : ""));
    worded.initCause(missing);
    return worded;
  }

  /**
   * Reads an object of {@code config.json} from a stream, of which it reads no more than an object
   * can have.
   *
   * @throws IOException if the stream cannot be read
   */
  public static <T extends Record> Reading<T> read(InputStream json, Class<T> type)
      throws IOException {
    return read(json.readNBytes(MAX_BYTES + 1), type);
  }

  /**
   * Reads an object of {@code config.json}, such as the {@code ProcessSpec} of an exec, in UTF-8.
   */
  public static <T extends Record> Reading<T> read(byte[] json, Class<T> type) {
    if (json.length > MAX_BYTES) {
      return refused("larger than %s MiB".formatted(MAX_BYTES >> 20));
    }
    if (isAnotherEncoding(json)) {
      return refused("not in UTF-8");
    }
    try (JsonParser parser = JSON.createParser(json)) {
      return read(parser, type);
    } catch (IOException impossible) { // an array is read, and each syntax error is caught below
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * Jackson would guess UTF-16 or UTF-32 from the first four bytes, where other readers of the file
   * see no JSON. In UTF-8 there is no byte 0xfe or 0xff, and in JSON no NUL.
   */
  private static boolean isAnotherEncoding(byte[] json) {
    for (int i = 0; i < Math.min(json.length, 4); i++) {
      if (json[i] == 0 || (json[i] & 0xfe) == 0xfe) {
        return true;
      }
    }
    return false;
  }

  private static <T extends Record> Reading<T> read(JsonParser parser, Class<T> type)
      throws IOException {
    try {
      return new RecordReader(parser).read(type);
    } catch (StreamConstraintsException e) {
      boolean deep = parser.getParsingContext().getNestingDepth() >= MAX_DEPTH;
      return refused(
          at(parser.currentLocation())
              + (deep
                  ? "nested deeper than " + MAX_DEPTH + " levels"
                  : "a name or a number is too long"));
    } catch (JsonEOFException e) {
      return refused(at(e.getLocation()) + "the file ends too early");
    } catch (JsonProcessingException e) {
      String message = e.getOriginalMessage();
      return refused(
          at(e.getLocation())
              + message.substring(0, 1).toLowerCase(Locale.ROOT)
              + message.substring(1));
    }
  }

  private static String at(JsonLocation location) {
    return "line %s, column %s: ".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static <T extends Record> Reading<T> refused(String message) {
    return new Reading<>(null, List.of(new Problem("", message)));
  }
}
