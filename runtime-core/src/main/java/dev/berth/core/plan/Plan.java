package dev.berth.core.plan;

import java.util.List;
import java.util.Set;

/**
 * What a process of a container does from its first instruction to its program: the compiled form
 * of a {@code config.json}.
 *
 * @param namespaces that the stub is executed in, as flags of the JVM's {@code clone3(2)}
 * @param descriptors handed over by the runtime; the first slots of the stub's table
 * @param steps in order
 */
public record Plan(Set<NamespaceKind> namespaces, List<Descriptor> descriptors, List<Step> steps) {

  public Plan {
    namespaces = Set.copyOf(namespaces);
    descriptors = List.copyOf(descriptors);
    steps = List.copyOf(steps);
  }

  /** The plan as text, a line for each step; see {@link StepText}. */
  @Override
  public String toString() {
    return StepText.of(this);
  }
}
