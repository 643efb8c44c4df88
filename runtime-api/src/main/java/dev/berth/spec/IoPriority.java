package dev.berth.spec;

import java.util.Objects;

/**
 * {@code process.ioPriority}: the argument of ioprio_set(2) (config.md, "Linux Process").
 *
 * @param priorityClass the scheduling class; the property is called {@code class}, which Java
 *     reserves
 * @param priority 0, the highest, to 7
 */
public record IoPriority(@Required IoClass priorityClass, int priority) {
  /** Takes the values as they are. */
  public IoPriority {
    Objects.requireNonNull(priorityClass, "priorityClass");
  }

  /** The classes of ioprio_set(2). */
  public enum IoClass {
    /** Served first. */
    IOPRIO_CLASS_RT,
    /** Served by priority, the default. */
    IOPRIO_CLASS_BE,
    /** Served when nobody else wants the disk. */
    IOPRIO_CLASS_IDLE
  }
}
