package dev.berth.core.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A plan that grows. */
final class Draft {
  private static final int NOWHERE = -1;

  private final List<Descriptor> descriptors = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>(128);
  private int slots;
  private int sources = NOWHERE;

  /** Adds a descriptor that the runtime hands over; all of them come before the first new slot. */
  int receive(Descriptor descriptor) {
    descriptors.add(descriptor);
    return slots++;
  }

  int newSlot() {
    return slots++;
  }

  void add(Step step) {
    steps.add(step);
  }

  /** From now on, whichever step comes to need a source, it is opened here already. */
  void openSourcesHere() {
    sources = steps.size();
  }

  /** Opens a tree of the host, and says in which slot it is. */
  int openSource(String hostPath, boolean recursive) {
    int slot = newSlot();
    Step open = new Step.OpenTree(slot, hostPath, recursive);
    if (sources == NOWHERE) {
      steps.add(open);
    } else {
      steps.add(sources++, open);
    }
    return slot;
  }

  Plan finish(Set<NamespaceKind> namespaces) {
    return new Plan(namespaces, descriptors, steps);
  }
}
