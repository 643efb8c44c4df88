package dev.berth.core.plan;

import dev.berth.spec.NetDevice;
import java.util.List;
import java.util.Map;

/** {@code linux.netDevices}: devices of the host that come into the network namespace. */
final class NetworkPlanner {
  private NetworkPlanner() {}

  static void add(Draft draft, Map<String, NetDevice> devices) {
    if (devices.isEmpty()) {
      return;
    }
    devices.forEach((hostName, device) -> {
      String name = device.name() == null ? hostName : device.name();
      // The kernel puts the first number there that is free.
      if (!name.contains("%d")) {
        draft.add(new Step.RequireFreeName(name));
      }
    });
    int messages = draft.newSlot();
    draft.add(new Step.Sync(SyncPoint.MOVE_NETWORK_DEVICES, List.of(), List.of(messages)));
    draft.add(new Step.SendNetlink(messages));
  }
}
