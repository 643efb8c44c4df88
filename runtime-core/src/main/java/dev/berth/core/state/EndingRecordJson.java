package dev.berth.core.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.berth.Ending;
import dev.berth.MemoryKills;
import dev.berth.Signal;
import dev.berth.core.spec.JsonFactories;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** {@link EndingRecord} as JSON, by streaming, as {@link ContainerRecordJson}. */
public final class EndingRecordJson {
  private static final JsonFactory JSON = JsonFactories.create();

  private static final String EXITED = "exited";
  private static final String SIGNALLED = "signalled";
  private static final String KILLED = "killed";
  private static final String OUT_OF_MEMORY = "outOfMemory";

  private EndingRecordJson() {}

  /**
   * The JSON text of {@code record}, in UTF-8.
   *
   * @throws IllegalArgumentException if it does not say how the process ended
   */
  public static byte[] write(EndingRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("container", record.container().toString());
      write(json, record.ending());
      if (record.kills().isPresent()) {
        write(json, record.kills().get());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Ending ending) throws IOException {
    switch (ending) {
      case Ending.Exited exited -> {
        json.writeStringField("ending", EXITED);
        json.writeNumberField("status", exited.status());
      }
      case Ending.Signalled signalled -> {
        json.writeStringField("ending", SIGNALLED);
        json.writeNumberField("signal", signalled.signal().number());
        json.writeBooleanField("coreDumped", signalled.coreDumped());
      }
      case Ending.Killed killed -> {
        json.writeStringField("ending", KILLED);
        json.writeNumberField("signal", killed.signal().number());
      }
      case Ending.OutOfMemory _ -> json.writeStringField("ending", OUT_OF_MEMORY);
      case Ending.TimedOut _, Ending.Unknown _ ->
          throw new IllegalArgumentException("not what the kernel says: " + ending);
    }
  }

  private static void write(JsonGenerator json, MemoryKills kills) throws IOException {
    json.writeNumberField("memoryKills", kills.processes());
    json.writeNumberField("memoryKillsOfGroups", kills.groups());
    json.writeStringField("memoryLimit", kills.limit().name());
    if (kills.bytes().isPresent()) {
      json.writeNumberField("memoryLimitBytes", kills.bytes().getAsLong());
    }
  }

  /**
   * Reads what {@link #write} wrote; what else there is, is skipped.
   *
   * @throws IOException if it is something else
   */
  public static EndingRecord read(byte[] text) throws IOException {
    Map<String, String> fields = fields(text);
    try {
      Optional<MemoryKills> kills = kills(fields);
      Instant container = Instant.parse(required(fields, "container"));
      return new EndingRecord(container, ending(fields, kills), kills);
    } catch (RuntimeException e) {
      throw new IOException("ending.json: not what Berth wrote: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> fields(byte[] text) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("ending.json: not an object");
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        if (json.nextToken().isScalarValue()) {
          fields.put(name, json.getText());
        } else {
          json.skipChildren();
        }
      }
    }
    return fields;
  }

  private static Ending ending(Map<String, String> fields, Optional<MemoryKills> kills) {
    return switch (required(fields, "ending")) {
      case EXITED -> new Ending.Exited(Integer.parseInt(required(fields, "status")));
      case SIGNALLED ->
          new Ending.Signalled(signal(fields), Boolean.parseBoolean(fields.get("coreDumped")));
      case KILLED -> new Ending.Killed(signal(fields));
      case OUT_OF_MEMORY -> new Ending.OutOfMemory(kills.orElseThrow());
      default -> throw new IllegalArgumentException("ending");
    };
  }

  private static Signal signal(Map<String, String> fields) {
    return new Signal(Integer.parseInt(required(fields, "signal")));
  }

  private static Optional<MemoryKills> kills(Map<String, String> fields) {
    if (!fields.containsKey("memoryKills")) {
      return Optional.empty();
    }
    String bytes = fields.get("memoryLimitBytes");
    return Optional.of(
        new MemoryKills(
            Long.parseLong(required(fields, "memoryKills")),
            Long.parseLong(required(fields, "memoryKillsOfGroups")),
            MemoryKills.Limit.valueOf(required(fields, "memoryLimit")),
            bytes == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(bytes))));
  }

  private static String required(Map<String, String> fields, String name) {
    return Objects.requireNonNull(fields.get(name), name);
  }
}
