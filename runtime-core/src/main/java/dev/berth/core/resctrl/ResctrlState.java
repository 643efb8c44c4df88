package dev.berth.core.resctrl;

import org.jspecify.annotations.Nullable;

/**
 * What was made for a container in the resctrl file system, and so is removed with it.
 *
 * @param group absolute path of its group; {@code null} if it was there before
 * @param monitoring absolute path of its monitoring group; {@code null} if there is none of its own
 */
public record ResctrlState(@Nullable String group, @Nullable String monitoring) {
  /** Nothing was made. */
  public static final ResctrlState NONE = new ResctrlState(null, null);
}
