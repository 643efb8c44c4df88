package dev.berth.core.spec;

import dev.berth.spec.IoPriority;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Required;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Unsigned;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A property of {@code config.json}, which is a component of one of the specification's records.
 */
record Property(RecordComponent component, String name) {
  static Property of(RecordComponent component) {
    return new Property(component, name(component));
  }

  /** Component names are the specification's, but for two that are words of Java. */
  private static String name(RecordComponent component) {
    Class<?> owner = component.getDeclaringRecord();
    if (owner == IoPriority.class && component.getName().equals("priorityClass")) {
      return "class";
    }
    if (owner == ProcessSpec.ExecCpuAffinity.class && component.getName().equals("last")) {
      return "final";
    }
    return component.getName();
  }

  /** Whether an empty list is something else than none. */
  boolean isGivenIfEmpty() {
    return component.getDeclaringRecord() == Seccomp.class && component.getName().equals("flags");
  }

  Type type() {
    return component.getGenericType();
  }

  boolean required() {
    return component.isAnnotationPresent(Required.class);
  }

  /** Which integers it, or its list, takes. */
  IntegerRange range() {
    Unsigned unsigned = component.getAnnotation(Unsigned.class);
    if (unsigned != null) {
      return IntegerRange.unsigned(unsigned.value());
    }
    boolean narrow = component.getType() == int.class || component.getType() == Integer.class;
    return narrow ? IntegerRange.SIGNED_32 : IntegerRange.SIGNED_64;
  }

  @Nullable Object value(Record owner) {
    try {
      return component.getAccessor().invoke(owner);
    } catch (ReflectiveOperationException impossible) { // public records of an exported package
      throw new LinkageError(component.toString(), impossible);
    }
  }
}
