package dev.berth.core.plan;

import dev.berth.core.spec.ContainerPath;
import dev.berth.core.spec.MountOptions;
import dev.berth.spec.Device;
import dev.berth.spec.Mount;
import dev.berth.spec.Spec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The device nodes and links of {@code /dev}: those that every container has, and its own. */
final class DevicePlanner {
  private static final int DEFAULT_MODE = 0666;

  /** The rest of {@code fileMode}, which some engines fill in, is the type of the node again. */
  private static final long PERMISSIONS = 07777;

  // config-linux.md, "Default Devices"; /dev/console and /dev/ptmx are a terminal's.
  private static final List<Step.MakeDevice> DEFAULTS =
      List.of(
          character("/dev/null", 1, 3),
          character("/dev/zero", 1, 5),
          character("/dev/full", 1, 7),
          character("/dev/random", 1, 8),
          character("/dev/urandom", 1, 9),
          character("/dev/tty", 5, 0));

  // runtime-linux.md, "Dev symbolic links", and two that images have come to expect.
  private static final List<Step.MakeSymlink> LINKS =
      List.of(
          new Step.MakeSymlink("/dev/fd", "/proc/self/fd"),
          new Step.MakeSymlink("/dev/stdin", "/proc/self/fd/0"),
          new Step.MakeSymlink("/dev/stdout", "/proc/self/fd/1"),
          new Step.MakeSymlink("/dev/stderr", "/proc/self/fd/2"),
          new Step.MakeSymlink("/dev/core", "/proc/kcore"),
          new Step.MakeSymlink("/dev/ptmx", "pts/ptmx"));

  private final Draft draft;
  private final HostView.Nodes nodes;

  DevicePlanner(Draft draft, HostView.Nodes nodes) {
    this.draft = draft;
    this.nodes = nodes;
  }

  void addAll(Spec spec) {
    if (spec.mounts().stream().anyMatch(DevicePlanner::bindsDev)) {
      return; // the nodes and links there are the host's
    }
    Map<String, Step.MakeDevice> devices = new LinkedHashMap<>();
    DEFAULTS.forEach(device -> devices.put(device.path(), device));
    for (Device asked : spec.linux().devices()) {
      devices.put(asked.path(), device(asked));
    }
    devices.values().forEach(this::add);
    LINKS.forEach(draft::add);
  }

  private void add(Step.MakeDevice device) {
    if (nodes == HostView.Nodes.BOUND && device.kind() != DeviceKind.FIFO) {
      int slot = draft.openSource(device.path(), false);
      if (!DEFAULTS.contains(device)) {
        draft.add(new Step.RequireDevice(slot, device.kind(), device.major(), device.minor()));
      }
      draft.add(new Step.Attach(slot, device.path(), Symlinks.FOLLOW_IN_ROOT));
    } else {
      draft.add(device);
    }
  }

  private static boolean bindsDev(Mount mount) {
    return ContainerPath.clean(mount.destination()).equals("/dev")
        && MountOptions.of(mount).isBind();
  }

  private static Step.MakeDevice character(String path, int major, int minor) {
    return new Step.MakeDevice(path, DeviceKind.CHARACTER, major, minor, DEFAULT_MODE, 0, 0);
  }

  private static Step.MakeDevice device(Device device) {
    DeviceKind kind =
        switch (device.type()) {
          case C, U -> DeviceKind.CHARACTER;
          case B -> DeviceKind.BLOCK;
          case P -> DeviceKind.FIFO;
        };
    return new Step.MakeDevice(
        device.path(),
        kind,
        Math.toIntExact(Objects.requireNonNullElse(device.major(), 0L)),
        Math.toIntExact(Objects.requireNonNullElse(device.minor(), 0L)),
        device.fileMode() == null ? DEFAULT_MODE : (int) (device.fileMode() & PERMISSIONS),
        Objects.requireNonNullElse(device.uid(), 0L),
        Objects.requireNonNullElse(device.gid(), 0L));
  }
}
