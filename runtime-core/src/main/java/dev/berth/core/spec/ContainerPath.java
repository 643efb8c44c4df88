package dev.berth.core.spec;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Paths inside a container, as text. They are the kernel's to resolve and need not be paths to this
 * JVM at all, which refuses characters that its locale does not have.
 */
public final class ContainerPath {
  private ContainerPath() {}

  /**
   * Where {@code path} would lead to if there were no symbolic link: from {@code /}, without empty
   * parts, {@code .} and {@code ..}, and without a slash at the end.
   */
  public static String clean(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return "/" + String.join("/", parts);
  }
}
