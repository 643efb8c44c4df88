package dev.berth.core.plan;

import dev.berth.core.spec.MountAttribute;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.MountOptions.Attributes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount of type {@code cgroup}: what of the cgroup tree the container sees, in the layout that
 * the host has. With a cgroup namespace of its own it gets the hierarchies, which that namespace
 * cuts to its own cgroup; without one, its own cgroup of each is bound.
 */
final class CgroupMountPlanner {
  private final Draft draft;
  private final MountSteps steps;
  private final HostView host;
  private final boolean ownNamespace;

  CgroupMountPlanner(Draft draft, HostView host, boolean ownNamespace) {
    this.draft = draft;
    this.steps = new MountSteps(draft);
    this.host = host;
    this.ownNamespace = ownNamespace;
  }

  void add(String target, MountOptions options) {
    if (host.isUnified()) {
      host.cgroups().forEach(hierarchy -> add(hierarchy, target, options));
    } else {
      addHierarchies(target, options);
    }
  }

  private void addHierarchies(String target, MountOptions options) {
    long attributes = attributes(options).set();
    int directory = draft.newSlot();
    draft.add(
        new Step.NewMount(
            directory,
            "tmpfs",
            "cgroup",
            List.of("mode=755"),
            attributes & ~MountAttribute.RDONLY));
    steps.attach(directory, target, Symlinks.FOLLOW_IN_ROOT, options.propagation());
    for (CgroupHierarchy hierarchy : host.cgroups()) {
      add(hierarchy, target + "/" + hierarchy.directory(), options);
      linkControllers(hierarchy, target);
    }
    if ((attributes & MountAttribute.RDONLY) != 0) {
      steps.makeReadonly(directory);
    }
  }

  private void add(CgroupHierarchy hierarchy, String target, MountOptions options) {
    int slot = ownNamespace ? make(hierarchy, options) : bind(hierarchy, options);
    steps.attach(slot, target, Symlinks.FOLLOW_IN_ROOT, options.propagation());
  }

  private int make(CgroupHierarchy hierarchy, MountOptions options) {
    List<String> parameters = new ArrayList<>(hierarchy.parameters());
    parameters.addAll(options.parameters());
    int slot = draft.newSlot();
    draft.add(
        new Step.NewMount(
            slot, hierarchy.fileSystem(), "cgroup", parameters, attributes(options).set()));
    return slot;
  }

  private int bind(CgroupHierarchy hierarchy, MountOptions options) {
    Path cgroup = hierarchy.cgroup();
    if (cgroup == null) {
      throw new IllegalArgumentException(
          "a cgroup mount needs a cgroup namespace or a cgroup of the container's own");
    }
    int slot = draft.openSource(cgroup.toString(), false);
    steps.setAttributes(slot, attributes(options), false);
    return slot;
  }

  /** Controllers that share a hierarchy are also found under their own names. */
  private void linkControllers(CgroupHierarchy hierarchy, String target) {
    if (hierarchy.controllers().size() > 1) {
      for (String controller : hierarchy.controllers()) {
        draft.add(new Step.MakeSymlink(target + "/" + controller, hierarchy.directory()));
      }
    }
  }

  private static Attributes attributes(MountOptions options) {
    return options.attributes().then(options.recursiveAttributes());
  }
}
