package dev.berth.core.plan;

import dev.berth.core.spec.NumberList;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.MemoryPolicy;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a process has from the kernel besides its user: keys, labels, and its share of the machine.
 */
final class AttributePlanner {
  private static final NumberList NONE = new NumberList(List.of());

  private final Draft draft;
  private final ProcessSpec process;
  private final LinuxSpec linux;

  AttributePlanner(Draft draft, Spec spec) {
    this.draft = draft;
    this.process = Objects.requireNonNull(spec.process(), "checked");
    this.linux = spec.linux();
  }

  /**
   * Gives the container a session keyring.
   *
   * @param name {@code null} for none
   */
  void makeKeyring(@Nullable String name) {
    if (name == null) {
      return;
    }
    if (process.selinuxLabel() != null) {
      draft.add(new Step.SetKeyLabel(process.selinuxLabel()));
    }
    draft.add(new Step.MakeKeyring(name));
  }

  /** What the program is confined by, from its exec on. */
  void label() {
    if (process.apparmorProfile() != null) {
      draft.add(new Step.SetApparmorProfile(process.apparmorProfile()));
    }
    if (process.selinuxLabel() != null) {
      draft.add(new Step.SetSelinuxLabel(process.selinuxLabel()));
    }
  }

  /** Its share of processors, disks and memory: in the cgroup, and while it has capabilities. */
  void schedule() {
    if (process.scheduler() != null) {
      draft.add(new Step.SetScheduler(process.scheduler()));
    }
    if (process.ioPriority() != null) {
      draft.add(new Step.SetIoPriority(process.ioPriority()));
    }
    if (linux.personality() != null) {
      draft.add(new Step.SetPersonality(linux.personality().domain()));
    }
    if (linux.memoryPolicy() != null) {
      draft.add(memoryPolicy(linux.memoryPolicy()));
    }
  }

  private static Step memoryPolicy(MemoryPolicy policy) {
    NumberList nodes = policy.nodes() == null ? NONE : numbers(policy.nodes());
    return new Step.SetMemoryPolicy(policy.mode(), policy.flags(), nodes);
  }

  static NumberList numbers(String list) {
    return NumberList.of(list)
        .orElseThrow(() -> new IllegalArgumentException("unchecked: " + list));
  }
}
