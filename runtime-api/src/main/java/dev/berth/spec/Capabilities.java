package dev.berth.spec;

import java.util.List;

/**
 * {@code process.capabilities}: the five sets of capabilities(7) that the program starts with
 * (config.md, "Linux Process"). Names are written as {@code CAP_NET_ADMIN}; one that this runtime
 * or kernel does not know is left out with a warning, as the specification asks.
 *
 * @param bounding the limit of what any execve(2) may gain
 * @param effective what the kernel checks
 * @param inheritable what survives an execve(2) of a file that has it inheritable too; best left
 *     empty
 * @param permitted the limit of {@code effective}
 * @param ambient what survives an execve(2) without file capabilities; each must be permitted and
 *     inheritable
 */
public record Capabilities(
    List<String> bounding,
    List<String> effective,
    List<String> inheritable,
    List<String> permitted,
    List<String> ambient) {
  /** No capability in any set: what an absent {@code process.capabilities} means. */
  public static final Capabilities NONE =
      new Capabilities(List.of(), List.of(), List.of(), List.of(), List.of());

  /** Copies the lists. */
  public Capabilities {
    bounding = Absent.asEmpty(bounding);
    effective = Absent.asEmpty(effective);
    inheritable = Absent.asEmpty(inheritable);
    permitted = Absent.asEmpty(permitted);
    ambient = Absent.asEmpty(ambient);
  }
}
