package dev.berth.core.spec;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of the specification's records, as JSON sees it: an object with these properties. */
final class RecordType {
  private static final ClassValue<RecordType> TYPES =
      new ClassValue<>() {
        @Override
        protected RecordType computeValue(Class<?> record) {
          return new RecordType(record);
        }
      };

  private final Map<String, Property> properties = new LinkedHashMap<>();
  private final Constructor<?> constructor;

  private RecordType(Class<?> record) {
    RecordComponent[] components = record.getRecordComponents();
    for (RecordComponent component : components) {
      Property property = Property.of(component);
      properties.put(property.name(), property);
    }
    try {
      constructor =
          record.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException impossible) { // every record has it
      throw new LinkageError(record.getName(), impossible);
    }
  }

  static RecordType of(Class<?> record) {
    return TYPES.get(record);
  }

  /** In the order they are written. */
  Collection<Property> properties() {
    return properties.values();
  }

  @Nullable Property property(String name) {
    return properties.get(name);
  }

  /** The record with these values by name of the property; those that are not there are absent. */
  Object construct(Map<String, @Nullable Object> values) {
    @Nullable Object[] arguments =
        properties.values().stream()
            .map(p -> orDefault(values.get(p.name()), p.component().getType()))
            .toArray();
    try {
      return constructor.newInstance(arguments);
    } catch (ReflectiveOperationException impossible) { // it takes every value of its types
      throw new LinkageError(constructor.toString(), impossible);
    }
  }

  private static @Nullable Object orDefault(@Nullable Object value, Class<?> type) {
    if (value != null || !type.isPrimitive()) {
      return value;
    } else if (type == boolean.class) {
      return false;
    } else {
      return type == int.class ? (Object) 0 : (Object) 0L;
    }
  }
}
