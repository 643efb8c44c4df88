package dev.berth.cli;

import dev.berth.ContainerBuilder;
import java.util.Map;

/**
 * Sockets that a service manager has opened for the container's program; sd_listen_fds(3). They
 * come first, and the program is told of them as this program was.
 *
 * @param descriptors how many
 * @param names of them, as the manager wrote them; empty if it did not
 */
record SocketActivation(int descriptors, String names) {
  static final String VARIABLE = "LISTEN_FDS";

  private static final String PID = "LISTEN_PID";
  private static final String NAMES = "LISTEN_FDNAMES";
  private static final SocketActivation NONE = new SocketActivation(0, "");

  /**
   * What the environment announces, if it means this process.
   *
   * @throws IllegalArgumentException if the number is none
   */
  static SocketActivation of(Map<String, String> environment, long pid) {
    String count = environment.get(VARIABLE);
    if (count == null || !Long.toString(pid).equals(environment.get(PID))) {
      return NONE;
    }
    try {
      return new SocketActivation(Integer.parseInt(count), environment.getOrDefault(NAMES, ""));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("%s \"%s\": not a number".formatted(VARIABLE, count), e);
    }
  }

  /** Tells the program, which is 1 in a PID namespace of its own. */
  void announce(ContainerBuilder container) {
    if (descriptors == 0) {
      return;
    }
    container.environment(VARIABLE, Integer.toString(descriptors)).environment(PID, "1");
    if (!names.isEmpty()) {
      container.environment(NAMES, names);
    }
  }
}
