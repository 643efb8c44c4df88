package dev.berth.spec;

import java.util.List;

/**
 * {@code hooks}: programs that run at points of a container's life, in the order listed (config.md,
 * "POSIX-platform Hooks"). The runtime namespace is where the runtime runs.
 *
 * @param prestart after the namespaces are made and before {@code createRuntime}, in the runtime
 *     namespace; deprecated by the specification in favour of the next three
 * @param createRuntime before the root is pivoted, in the runtime namespace
 * @param createContainer before the root is pivoted, in the container's namespaces
 * @param startContainer before the program starts, in the container's namespaces
 * @param poststart after the program has started, in the runtime namespace
 * @param poststop after the container was deleted, in the runtime namespace
 */
public record Hooks(
    List<Hook> prestart,
    List<Hook> createRuntime,
    List<Hook> createContainer,
    List<Hook> startContainer,
    List<Hook> poststart,
    List<Hook> poststop) {
  /** No hook at any point. */
  public static final Hooks NONE =
      new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  /** Copies the lists. */
  public Hooks {
    prestart = Absent.asEmpty(prestart);
    createRuntime = Absent.asEmpty(createRuntime);
    createContainer = Absent.asEmpty(createContainer);
    startContainer = Absent.asEmpty(startContainer);
    poststart = Absent.asEmpty(poststart);
    poststop = Absent.asEmpty(poststop);
  }
}
