package dev.berth.core.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.resctrl.ResctrlState;
import dev.berth.core.spec.JsonFactories;
import dev.berth.core.systemd.SystemdUnit;
import dev.berth.core.text.HostPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@link ContainerRecord} as JSON, by streaming: binding would cost a command line tool that only
 * wants to kill a container a third of a second.
 */
public final class ContainerRecordJson {
  private static final JsonFactory JSON = JsonFactories.create();

  private ContainerRecordJson() {}

  /** The JSON text of {@code record}, in UTF-8. */
  public static byte[] write(ContainerRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("ociVersion", record.ociVersion());
      json.writeStringField("id", record.id());
      json.writeNumberField("pid", record.pid());
      json.writeNumberField("startTime", record.startTime());
      json.writeStringField("bundle", HostPath.text(record.bundle()));
      json.writeStringField("rootfs", HostPath.text(record.rootfs()));
      json.writeStringField("created", record.created().toString());
      json.writeStringField("owner", record.owner());
      write(json, "annotations", record.annotations());
      if (record.cgroup() != null) {
        json.writeStringField("cgroupPath", record.cgroup().path());
        write(json, "cgroupsMade", record.cgroup().made());
        write(json, record.cgroup().unit());
      }
      write(json, "resctrlGroup", record.resctrl().group());
      write(json, "resctrlMonitoring", record.resctrl().monitoring());
      json.writeStringField("keyring", record.keyring().name());
      json.writeBooleanField("laterHooks", record.laterHooks());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, @Nullable SystemdUnit unit) throws IOException {
    if (unit != null) {
      json.writeStringField("systemdUnit", unit.name());
      json.writeStringField("systemdManager", unit.manager().name());
    }
  }

  private static void write(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value);
    }
  }

  private static void write(JsonGenerator json, String name, Map<String, String> map)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> entry : map.entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }

  /**
   * Reads what {@link #write} wrote. Unknown fields are passed over, so that an older version reads
   * what a newer one wrote.
   *
   * @throws IOException if it is something else
   */
  public static ContainerRecord read(byte[] text) throws IOException {
    Map<String, String> fields = new HashMap<>();
    Map<String, Map<String, String>> maps = new HashMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("state.json: not an object");
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken token = json.nextToken();
        if (token == JsonToken.START_OBJECT) {
          maps.put(name, readMap(json));
        } else if (token.isScalarValue()) {
          fields.put(name, json.getText());
        } else {
          json.skipChildren();
        }
      }
    }
    try {
      return new ContainerRecord(
          required(fields, "ociVersion"),
          required(fields, "id"),
          Long.parseLong(required(fields, "pid")),
          Long.parseLong(required(fields, "startTime")),
          HostPath.of(required(fields, "bundle")),
          HostPath.of(required(fields, "rootfs")),
          Instant.parse(required(fields, "created")),
          required(fields, "owner"),
          maps.getOrDefault("annotations", Map.of()),
          cgroup(fields, maps.getOrDefault("cgroupsMade", Map.of())),
          new ResctrlState(fields.get("resctrlGroup"), fields.get("resctrlMonitoring")),
          SessionKeyring.valueOf(fields.getOrDefault("keyring", "OWN")),
          Boolean.parseBoolean(fields.get("laterHooks")));
    } catch (RuntimeException e) {
      throw new IOException("state.json: not what Berth wrote: " + e.getMessage(), e);
    }
  }

  private static @Nullable CgroupState cgroup(Map<String, String> fields, Map<String, String> made)
      throws IOException {
    @Nullable String path = fields.get("cgroupPath");
    return path == null ? null : new CgroupState(path, made, unit(fields));
  }

  private static @Nullable SystemdUnit unit(Map<String, String> fields) throws IOException {
    @Nullable String name = fields.get("systemdUnit");
    return name == null
        ? null
        : new SystemdUnit(name, SystemdUnit.Manager.valueOf(required(fields, "systemdManager")));
  }

  private static Map<String, String> readMap(JsonParser json) throws IOException {
    Map<String, String> map = new LinkedHashMap<>();
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      if (json.nextToken().isScalarValue()) {
        map.put(key, json.getText());
      } else {
        json.skipChildren();
      }
    }
    return map;
  }

  private static String required(Map<String, String> fields, String name) throws IOException {
    @Nullable String value = fields.get(name);
    if (value == null) {
      throw new IOException("state.json: %s is missing".formatted(name));
    }
    return value;
  }
}
