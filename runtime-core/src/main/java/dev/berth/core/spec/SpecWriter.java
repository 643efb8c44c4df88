package dev.berth.core.spec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import dev.berth.spec.Capabilities;
import dev.berth.spec.Hooks;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxSpec;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code config.json}, and objects of it, in the form that engines and {@code runc spec}
 * write: indented by tabs, without what is absent. What is written reads back as the same record.
 */
public final class SpecWriter {
  /** Groups of properties that are absent when none of theirs is given. */
  private static final Set<Record> ABSENT_GROUPS =
      Set.of(
          Hooks.NONE,
          Capabilities.NONE,
          LinuxSpec.NONE,
          LinuxResources.NONE,
          LinuxResources.Memory.NONE,
          LinuxResources.Cpu.NONE,
          LinuxResources.Pids.NONE,
          LinuxResources.BlockIO.NONE,
          LinuxResources.Network.NONE);

  private static final JsonFactory JSON = JsonFactories.create();

  private SpecWriter() {}

  /** Writes a record of {@code dev.berth.spec} as JSON text. */
  public static String write(Record object) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      DefaultIndenter tabs = new DefaultIndenter("\t", "\n");
      json.setPrettyPrinter(
          new DefaultPrettyPrinter(
                  Separators.createDefaultInstance()
                      .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                      .withObjectEmptySeparator("")
                      .withArrayEmptySeparator(""))
              .withObjectIndenter(tabs)
              .withArrayIndenter(tabs));
      value(json, object, IntegerRange.SIGNED_64);
    } catch (IOException impossible) { // a string takes everything
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  private static void value(JsonGenerator json, @Nullable Object value, IntegerRange range)
      throws IOException {
    switch (value) {
      case Record object -> object(json, object);
      case List<?> list -> {
        json.writeStartArray();
        for (Object element : list) {
          value(json, element, range);
        }
        json.writeEndArray();
      }
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.writeFieldName(String.valueOf(entry.getKey()));
          value(json, entry.getValue(), range);
        }
        json.writeEndObject();
      }
      case Boolean flag -> json.writeBoolean(flag);
      case Number number -> json.writeNumber(range.value(number.longValue()));
      case null -> json.writeNull();
      default -> json.writeString(value.toString());
    }
  }

  private static void object(JsonGenerator json, Record object) throws IOException {
    json.writeStartObject();
    for (Property property : RecordType.of(object.getClass()).properties()) {
      @Nullable Object value = property.value(object);
      if (property.required() || !isAbsent(property, value)) {
        json.writeFieldName(property.name());
        value(json, value, property.range());
      }
    }
    json.writeEndObject();
  }

  /**
   * Numbers are written even if 0, as everyone does: where 0 is not the default, absent is null.
   */
  private static boolean isAbsent(Property property, @Nullable Object value) {
    return switch (value) {
      case null -> true;
      case Record group -> ABSENT_GROUPS.contains(group);
      case List<?> list -> list.isEmpty() && !property.isGivenIfEmpty();
      case Map<?, ?> map -> map.isEmpty();
      case Boolean flag -> !flag && property.component().getType() == boolean.class;
      default -> false;
    };
  }
}
