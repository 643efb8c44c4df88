package dev.berth.core.state;

import dev.berth.spi.Printable;

/**
 * The name of a container: a directory below the state root and a part of cgroup paths, so nothing
 * that could leave either.
 *
 * @param value the id
 */
public record ContainerId(String value) {
  /** {@code NAME_MAX}: the longest name of a directory. */
  private static final int MAX_LENGTH = 255;

  private static final String ALLOWED = "use letters, digits, '_', '+', '-', '.'";

  /**
   * Checks the id.
   *
   * @throws IllegalArgumentException if {@code value} is no id, and why
   */
  public ContainerId {
    String problem = problem(value);
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException("container id " + problem);
    }
  }

  /** Whether {@code value} is an id: a directory of another name was made by somebody else. */
  public static boolean isId(String value) {
    return problem(value).isEmpty();
  }

  private static String problem(String value) {
    if (value.isEmpty()) {
      return "\"\": empty; " + ALLOWED;
    }
    if (value.length() > MAX_LENGTH) {
      return "\"%s…\": %s characters; %s at most"
          .formatted(Printable.value(value.substring(0, 20)), value.length(), MAX_LENGTH);
    }
    for (int i = 0; i < value.length(); i++) {
      if (!allowed(value.charAt(i))) {
        return "\"%s\": '%s' is not allowed; %s"
            .formatted(
                Printable.value(value),
                Printable.value(Character.toString(value.codePointAt(i))),
                ALLOWED);
      }
    }
    if (value.equals(".") || value.equals("..")) {
      return "\"%s\": the name of a directory of every directory; %s".formatted(value, ALLOWED);
    }
    return "";
  }

  private static boolean allowed(char c) {
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    boolean digit = c >= '0' && c <= '9';
    return letter || digit || "_+-.".indexOf(c) >= 0;
  }

  @Override
  public String toString() {
    return value;
  }
}
