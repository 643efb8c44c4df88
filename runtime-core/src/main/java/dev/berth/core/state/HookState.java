package dev.berth.core.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.berth.Status;
import dev.berth.core.spec.JsonFactories;
import dev.berth.core.text.HostPath;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a hook reads on its standard input: the container's state, with the properties of the
 * specification and no others; runtime.md, "State".
 *
 * @param ociVersion of the specification that the container's configuration follows
 * @param id the id
 * @param bundle absolute path
 * @param annotations of the configuration
 */
public record HookState(
    String ociVersion, String id, Path bundle, Map<String, String> annotations) {
  private static final JsonFactory JSON = JsonFactories.create();

  public HookState {
    annotations = Map.copyOf(annotations);
  }

  /**
   * A JSON text, in one piece or with a gap for a pid that is not known when it is written.
   *
   * @param after what comes after the pid; empty if it is not missing
   */
  public record Text(String before, String after) {}

  /** The state of a container that has been written down. */
  public static HookState of(ContainerRecord record) {
    return new HookState(record.ociVersion(), record.id(), record.bundle(), record.annotations());
  }

  /**
   * The text for a hook that sees the container's first process as {@code pid}.
   *
   * @param pid 0 if there is no such process
   */
  public Text withPid(Status status, long pid) {
    return new Text(json(status, pid), "");
  }

  /** The text for a hook in the container, where the first process itself knows what its pid is. */
  public Text withOwnPid(Status status) {
    String json = json(status, 1);
    return new Text(json.substring(0, json.length() - "1}".length()), "}");
  }

  /** The state as an object of {@code json}. */
  void write(JsonGenerator json, Status status, long pid) throws IOException {
    json.writeStartObject();
    json.writeStringField("ociVersion", ociVersion);
    json.writeStringField("id", id);
    json.writeStringField("status", status.toString());
    json.writeStringField("bundle", HostPath.text(bundle));
    if (!annotations.isEmpty()) {
      json.writeObjectFieldStart("annotations");
      for (Map.Entry<String, String> annotation : new TreeMap<>(annotations).entrySet()) {
        json.writeStringField(annotation.getKey(), annotation.getValue());
      }
      json.writeEndObject();
    }
    if (pid != 0) {
      json.writeNumberField("pid", pid);
    }
    json.writeEndObject();
  }

  /** The pid comes last. */
  private String json(Status status, long pid) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, status, pid);
    } catch (IOException impossible) { // a string takes everything
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
