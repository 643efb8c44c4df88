package dev.berth.core.plan;

import dev.berth.core.spec.MountAttribute;
import dev.berth.core.spec.MountOptions.Attributes;
import dev.berth.spec.LinuxSpec;
import java.util.List;

/** The steps that all kinds of mounts have in common. */
record MountSteps(Draft draft) {

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

  void attach(int slot, String target, Symlinks symlinks, List<LinuxSpec.Propagation> propagation) {
    draft.add(new Step.Attach(slot, target, symlinks));
    // Only now: a mount that is attached below a shared one becomes shared itself.
    for (LinuxSpec.Propagation asked : propagation) {
      Propagation kind = Propagation.of(asked);
      draft.add(new Step.SetMountAttributes(slot, 0, 0, kind, kind.isRecursive()));
    }
  }
}
