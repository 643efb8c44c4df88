package dev.berth.core.plan;

import dev.berth.core.spec.MountAttribute;
import dev.berth.core.spec.MountOptions.Attributes;
import dev.berth.spec.LinuxSpec;
import java.util.List;

/** The steps that all kinds of mounts have in common. */
record MountSteps(Draft draft) {

  /** A new file system, detached. */
  int make(FileSystem made, Attributes attributes) {
    int slot = draft.newSlot();
    if (made.isForMount()) {
      draft.add(
          new Step.LegacyMount(slot, made.type(), made.source(), made.superblock(), made.text()));
      setAttributes(slot, attributes, false);
    } else {
      draft.add(
          new Step.NewMount(slot, made.type(), made.source(), made.parameters(), attributes.set()));
    }
    return slot;
  }

  /**
   * The same, or what of the host shows as much, where the kernel does not let a user namespace
   * have its own.
   */
  int makeOrBind(FileSystem made, Attributes attributes, String hostPath, boolean recursive) {
    int slot = draft.newSlot();
    draft.add(
        new Step.TryMount(slot, made.type(), made.source(), made.parameters(), attributes.set()));
    draft.add(new Step.OpenTreeInstead(slot, hostPath, recursive));
    // Of a mount of the host a user namespace may forbid more, and allow nothing.
    long forbidden = attributes.set() & ~MountAttribute.ATIME;
    setAttributes(slot, new Attributes(forbidden, 0), true);
    return slot;
  }

  /** What is not asked for stays as it is: in a user namespace it may be locked. */
  void setAttributes(int slot, Attributes attributes, boolean recursive) {
    if (!attributes.isUnchanged()) {
      draft.add(
          new Step.SetMountAttributes(
              slot, attributes.set(), attributes.clear(), Propagation.UNCHANGED, recursive));
    }
  }

  void makeReadonly(int slot) {
    setAttributes(slot, new Attributes(MountAttribute.RDONLY, 0), false);
  }

  /** In the order given: {@code slave} and then {@code shared} is both. */
  void propagate(int slot, List<LinuxSpec.Propagation> propagation) {
    for (LinuxSpec.Propagation asked : propagation) {
      Propagation kind = Propagation.of(asked);
      draft.add(new Step.SetMountAttributes(slot, 0, 0, kind, kind.isRecursive()));
    }
  }
}
