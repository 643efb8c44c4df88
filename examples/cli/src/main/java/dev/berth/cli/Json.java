package dev.berth.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON as text. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Writes one value, or in an object its members. */
  interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  static String text(Body value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      value.write(json);
    } catch (IOException impossible) { // a string takes everything
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
