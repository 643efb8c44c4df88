package dev.berth.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import dev.berth.State;
import dev.berth.core.text.HostPath;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** States as the runtime specification and, beyond it, runc have them. */
final class StateJson {
  /** RFC3339Nano of Go: as many digits of the second as it takes. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(-1).toFormatter();

  private StateJson() {}

  /** One state, on lines of its own. */
  static String object(State state) {
    return Json.text(json -> {
      DefaultIndenter twoSpaces = new DefaultIndenter("  ", "\n");
      json.setPrettyPrinter(
          new DefaultPrettyPrinter(
                  Separators.createDefaultInstance()
                      .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
              .withObjectIndenter(twoSpaces));
      write(json, state);
    });
  }

  /** States on one line; of none, {@code null}, which is what Go makes of an empty list. */
  static String array(List<State> states) {
    if (states.isEmpty()) {
      return "null";
    }
    return Json.text(json -> {
      json.writeStartArray();
      for (State state : states) {
        write(json, state);
      }
      json.writeEndArray();
    });
  }

  static String time(Instant time) {
    return TIME.format(time);
  }

  private static void write(JsonGenerator json, State state) throws IOException {
    json.writeStartObject();
    json.writeStringField("ociVersion", state.ociVersion());
    json.writeStringField("id", state.id());
    json.writeNumberField("pid", state.pid());
    json.writeStringField("status", state.status().toString());
    json.writeStringField("bundle", HostPath.text(state.bundle()));
    json.writeStringField("rootfs", HostPath.text(state.rootfs()));
    json.writeStringField("created", time(state.created()));
    if (!state.annotations().isEmpty()) {
      json.writeObjectFieldStart("annotations");
      for (Map.Entry<String, String> annotation : new TreeMap<>(state.annotations()).entrySet()) {
        json.writeStringField(annotation.getKey(), annotation.getValue());
      }
      json.writeEndObject();
    }
    json.writeStringField("owner", state.owner());
    json.writeEndObject();
  }
}
