package dev.berth.core.plan;

import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.spec.MountAttribute;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.MountOptions.Attributes;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount of type {@code cgroup}: what of the cgroup tree the container sees, in the layout that
 * the host has. With a cgroup namespace of its own it gets the hierarchies, which that namespace
 * cuts to its own cgroup; without one, its own cgroup of each is bound, or if it has none, nothing
 * shown.
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
    if (!ownNamespace && host.cgroup() == null) {
      // What is at the target may be the host's cgroups, writable for the user: CVE-2023-25809.
      addDirectory(target, attributes(options).set() | MountAttribute.RDONLY, options);
    } else if (host.cgroups().isV1()) {
      addHierarchies(target, options);
    } else {
      host.cgroups().hierarchies().stream()
          .filter(MountedHierarchy::isUnified)
          .forEach(hierarchy -> add(hierarchy, target, options));
    }
  }

  private int addDirectory(String target, long attributes, MountOptions options) {
    int slot = draft.newSlot();
    draft.add(new Step.NewMount(slot, "tmpfs", "cgroup", List.of("mode=755"), attributes));
    steps.attach(slot, target, Symlinks.FOLLOW_IN_ROOT, options.propagation());
    return slot;
  }

  private void addHierarchies(String target, MountOptions options) {
    long attributes = attributes(options).set();
    int directory = addDirectory(target, attributes & ~MountAttribute.RDONLY, options);
    for (MountedHierarchy hierarchy : host.cgroups().hierarchies()) {
      add(hierarchy, target + "/" + hierarchy.name(), options);
      linkControllers(hierarchy, target);
    }
    if ((attributes & MountAttribute.RDONLY) != 0) {
      steps.makeReadonly(directory);
    }
  }

  private void add(MountedHierarchy hierarchy, String target, MountOptions options) {
    int slot = ownNamespace ? make(hierarchy, options) : bind(hierarchy, options);
    steps.attach(slot, target, Symlinks.FOLLOW_IN_ROOT, options.propagation());
  }

  private int make(MountedHierarchy hierarchy, MountOptions options) {
    String type = hierarchy.isUnified() ? "cgroup2" : "cgroup";
    List<String> parameters = parameters(hierarchy);
    parameters.addAll(options.parameters());
    int slot = draft.newSlot();
    draft.add(new Step.NewMount(slot, type, "cgroup", parameters, attributes(options).set()));
    return slot;
  }

  /** What makes a mount show this hierarchy and not a new one. */
  private static List<String> parameters(MountedHierarchy hierarchy) {
    List<String> parameters = new ArrayList<>(hierarchy.controllers());
    if (parameters.stream().anyMatch(each -> each.startsWith("name="))) {
      parameters.addFirst("none");
    }
    return parameters;
  }

  private int bind(MountedHierarchy hierarchy, MountOptions options) {
    int slot = draft.openSource(hierarchy.mountPoint() + host.cgroup(), false);
    steps.setAttributes(slot, attributes(options), false);
    return slot;
  }

  /** Controllers that share a hierarchy are also found under their own names. */
  private void linkControllers(MountedHierarchy hierarchy, String target) {
    if (hierarchy.controllers().size() > 1) {
      for (String controller : hierarchy.controllers()) {
        draft.add(new Step.MakeSymlink(target + "/" + controller, hierarchy.name()));
      }
    }
  }

  private static Attributes attributes(MountOptions options) {
    return options.attributes().then(options.recursiveAttributes());
  }
}
