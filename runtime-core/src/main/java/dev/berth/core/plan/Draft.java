package dev.berth.core.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A plan that grows. */
final class Draft {
  private static final int NOWHERE = -1;
  private static final List<String> PROCESSES_ONLY = List.of("subset=pid");

  private final List<Descriptor> descriptors = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>(128);
  private final List<Step> sources = new ArrayList<>();
  private int slots;
  private int sourcesAt = NOWHERE;
  private int procfs = NOWHERE;

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
    sourcesAt = steps.size();
  }

  /** Opens a tree of the host, and says in which slot it is. */
  int openSource(String hostPath, boolean recursive) {
    int slot = newSlot();
    Step open = new Step.OpenTree(slot, hostPath, recursive);
    if (sourcesAt == NOWHERE) {
      steps.add(open);
    } else {
      sources.add(open);
    }
    return slot;
  }

  /** How many descriptors are open before the first tree is mounted. */
  int openAtOnce() {
    return descriptors.size() + sources.size();
  }

  /** If any step comes to need a procfs, it is opened here. */
  void openProcfsHere() {
    procfs = steps.size();
  }

  Plan finish(Set<NamespaceKind> namespaces) {
    if (!sources.isEmpty()) {
      steps.addAll(sourcesAt, sources);
    }
    addProcfs();
    return new Plan(namespaces, descriptors, steps);
  }

  private List<String> procfsOptions() {
    return steps.stream().anyMatch(Step.SetSysctl.class::isInstance) ? List.of() : PROCESSES_ONLY;
  }

  private void addProcfs() {
    for (int index = steps.size(); index-- > 0; ) {
      if (steps.get(index) instanceof Step.ThroughProcfs) {
        steps.add(index + 1, new Step.CloseProcfs());
        steps.add(procfs, new Step.OpenProcfs(procfsOptions()));
        return;
      }
    }
  }
}
