package dev.berth.core.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.berth.Status;
import dev.berth.core.spec.JsonFactories;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What a seccomp agent gets together with a listener: of which process it is; config-linux.md,
 * "Container Process State".
 *
 * @param pid of the process that the filter is for
 * @param metadata {@code listenerMetadata} of the configuration
 * @param container the state of its container
 * @param status of the container
 * @param init the pid of the container's first process
 */
public record ContainerProcessState(
    long pid, @Nullable String metadata, HookState container, Status status, long init) {
  private static final JsonFactory JSON = JsonFactories.create();

  /** The JSON text, in UTF-8. */
  public byte[] json() {
    ByteArrayOutputStream text = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("ociVersion", container.ociVersion());
      json.writeArrayFieldStart("fds");
      json.writeString("seccompFd");
      json.writeEndArray();
      json.writeNumberField("pid", pid);
      if (metadata != null) {
        json.writeStringField("metadata", metadata);
      }
      json.writeFieldName("state");
      container.write(json, status, init);
      json.writeEndObject();
    } catch (IOException impossible) { // memory takes everything
      throw new UncheckedIOException(impossible);
    }
    return text.toByteArray();
  }
}
