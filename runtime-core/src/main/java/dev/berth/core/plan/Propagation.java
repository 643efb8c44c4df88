package dev.berth.core.plan;

import dev.berth.spec.LinuxSpec;
import java.util.Locale;

/** Mount propagation, mount_namespaces(7); the {@code R…} kinds include every mount below. */
public enum Propagation {
  UNCHANGED,
  PRIVATE,
  RPRIVATE,
  SLAVE,
  RSLAVE,
  SHARED,
  RSHARED,
  UNBINDABLE,
  RUNBINDABLE;

  private final String option = name().toLowerCase(Locale.ROOT);

  /** The same kind, in the vocabulary of the plan. */
  static Propagation of(LinuxSpec.Propagation propagation) {
    return valueOf(propagation.name());
  }

  /** The word of mount(8) and of {@code config.json} for it. */
  public String option() {
    return option;
  }

  /** Whether this is one of the {@code R…} kinds. */
  public boolean isRecursive() {
    return option.startsWith("r");
  }
}
