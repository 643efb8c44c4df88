package dev.berth.spec;

import java.util.List;
import java.util.Objects;

/**
 * {@code linux.personality}: the argument of personality(2) (config-linux.md, "Personality").
 *
 * @param domain the execution domain
 * @param flags the specification defines none
 */
public record Personality(@Required Domain domain, List<String> flags) {
  /** Copies the list. */
  public Personality {
    Objects.requireNonNull(domain, "domain");
    flags = Absent.asEmpty(flags);
  }

  /** What uname(2) says the machine is. */
  public enum Domain {
    /** What it is. */
    LINUX,
    /** The 32-bit machine that it can be, such as {@code i686}. */
    LINUX32
  }
}
