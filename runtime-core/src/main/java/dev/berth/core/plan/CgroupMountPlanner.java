package dev.berth.core.plan;

import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.spec.MountAttribute;
import dev.berth.core.spec.MountOptions;
import dev.berth.core.spec.MountOptions.Attributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mount of type {@code cgroup}: what of the cgroup tree the container sees, in the layout that
 * the host has. With a cgroup namespace of its own it gets the hierarchies, which that namespace
 * cuts to its own cgroup; without one, its own cgroup of each is bound, or if it has none, nothing
 * shown.
 */
final class CgroupMountPlanner {
  private static final Attributes READ_ONLY = new Attributes(MountAttribute.RDONLY, 0);
  private static final Attributes WRITABLE = new Attributes(0, MountAttribute.RDONLY);

  private final Draft draft;
  private final MountSteps steps;
  private final HostView host;
  private final boolean ownNamespace;
  private final boolean inUserNamespace;
  private final @Nullable String label;

  CgroupMountPlanner(
      Draft draft,
      HostView host,
      boolean ownNamespace,
      boolean inUserNamespace,
      @Nullable String label) {
    this.draft = draft;
    this.steps = new MountSteps(draft);
    this.host = host;
    this.ownNamespace = ownNamespace;
    this.inUserNamespace = inUserNamespace;
    this.label = label;
  }

  void add(String target, MountOptions options) {
    if (!ownNamespace && host.cgroup() == null) {
      // What is at the target may be the host's cgroups, writable for the user: CVE-2023-25809.
      addDirectory(target, attributes(options).then(READ_ONLY), options);
    } else if (host.cgroups().isV1()) {
      addHierarchies(target, options);
    } else {
      host.cgroups().hierarchies().stream()
          .filter(MountedHierarchy::isUnified)
          .forEach(hierarchy -> add(hierarchy, target, options));
    }
  }

  private int addDirectory(String target, Attributes attributes, MountOptions options) {
    FileSystem directory = new FileSystem("tmpfs", "cgroup", List.of(), List.of("mode=755"), label);
    int slot = steps.make(directory, attributes);
    attach(slot, target, options);
    return slot;
  }

  private void addHierarchies(String target, MountOptions options) {
    Attributes attributes = attributes(options);
    int directory = addDirectory(target, attributes.then(WRITABLE), options);
    for (MountedHierarchy hierarchy : host.cgroups().hierarchies()) {
      add(hierarchy, target + "/" + hierarchy.name(), options);
      linkControllers(hierarchy, target);
    }
    if ((attributes.set() & MountAttribute.RDONLY) != 0) {
      steps.makeReadonly(directory);
    }
  }

  private void add(MountedHierarchy hierarchy, String target, MountOptions options) {
    attach(ownNamespace ? make(hierarchy, options) : bind(hierarchy, options), target, options);
  }

  private void attach(int slot, String target, MountOptions options) {
    draft.add(new Step.Attach(slot, target, Symlinks.FOLLOW_IN_ROOT));
    steps.propagate(slot, options.propagation());
  }

  private int make(MountedHierarchy hierarchy, MountOptions options) {
    String type = hierarchy.isUnified() ? "cgroup2" : "cgroup";
    List<String> parameters = parameters(hierarchy);
    parameters.addAll(options.data());
    FileSystem made = new FileSystem(type, "cgroup", options.superblock(), parameters, null);
    return hierarchy.isUnified() && inUserNamespace && host.cgroup() != null
        ? steps.makeOrBind(made, attributes(options), own(hierarchy), false)
        : steps.make(made, attributes(options));
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
    int slot = draft.openSource(own(hierarchy), false);
    steps.setAttributes(slot, attributes(options), false);
    return slot;
  }

  private String own(MountedHierarchy hierarchy) {
    return hierarchy.mountPoint() + host.cgroup();
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
