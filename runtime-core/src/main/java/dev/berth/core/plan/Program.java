package dev.berth.core.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The program of a process: where it is looked for, and the environment that it gets, to which
 * {@link Step.FindHome} may add.
 */
final class Program {
  /** Where execvp(3) looks when there is no {@code PATH}. */
  private static final String DEFAULT_PATH = "/bin:/usr/bin";

  private static final String NO_HOME = "HOME=";

  private Program() {}

  /**
   * What {@code name} may stand for, in the order of execvp(3), with the {@code PATH} of the
   * process's own environment.
   */
  static List<String> candidates(String name, List<String> environment) {
    if (name.isEmpty() || name.indexOf('/') >= 0) {
      return List.of(name);
    }
    String path = path(environment);
    List<String> candidates = new ArrayList<>();
    for (int start = 0, end; start <= path.length(); start = end + 1) {
      end = path.indexOf(':', start);
      if (end < 0) {
        end = path.length();
      }
      // An empty entry is the working directory.
      candidates.add(start == end ? "./" + name : path.substring(start, end) + "/" + name);
    }
    return candidates;
  }

  /**
   * {@link #environment} of a process that gets a home from {@link Step.FindHome} unless it has
   * one: an empty {@code HOME} is none.
   */
  static List<String> withoutEmptyHome(List<String> environment) {
    List<String> unique = environment(environment);
    unique.remove(NO_HOME);
    return unique;
  }

  /** {@code environment} with each name once: of several entries the last one holds. */
  static List<String> environment(List<String> environment) {
    Map<String, Integer> places = HashMap.newHashMap(environment.size());
    List<String> unique = new ArrayList<>(environment.size());
    for (String entry : environment) {
      Integer place = places.putIfAbsent(name(entry), unique.size());
      if (place == null) {
        unique.add(entry);
      } else {
        unique.set(place, entry);
      }
    }
    return unique;
  }

  private static String path(List<String> environment) {
    String path = DEFAULT_PATH;
    for (String entry : environment) {
      if (entry.startsWith("PATH=")) {
        path = entry.substring("PATH=".length());
      }
    }
    return path;
  }

  private static String name(String entry) {
    int equals = entry.indexOf('=');
    return equals < 0 ? entry : entry.substring(0, equals);
  }
}
