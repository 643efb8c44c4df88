package dev.berth.core.plan;

import dev.berth.core.spec.MountOptions;
import dev.berth.spec.Mount;

/** Bind mounts: from where the tree comes, and what is changed of it. */
final class BindPlanner {
  private final Draft draft;
  private final MountSteps steps;
  private final HostTrees trees;

  BindPlanner(Draft draft, HostTrees trees) {
    this.draft = draft;
    this.steps = new MountSteps(draft);
    this.trees = trees;
  }

  /**
   * The tree of the {@code mount} at {@code index} of the configuration, detached.
   *
   * @return its slot
   */
  int open(int index, Mount mount, MountOptions options) {
    int slot =
        trees
            .slot(index)
            .orElseGet(() -> draft.openSource(trees.path(mount), HostTrees.isRecursive(options)));
    steps.setAttributes(slot, options.attributes(), false);
    steps.setAttributes(slot, options.recursiveAttributes(), true);
    return slot;
  }
}
