package dev.berth.core.plan;

import static dev.berth.core.plan.Plans.plan;
import static dev.berth.core.plan.Plans.steps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.spec.SpecDefaults;
import dev.berth.spec.IntelRdt;
import dev.berth.spec.LinuxSpec;
import dev.berth.spec.NetDevice;
import dev.berth.spec.Spec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetworkPlannerTest {
  private static final LinuxSpec LINUX = SpecDefaults.spec().linux();

  private static Spec with(LinuxSpec linux) {
    return SpecDefaults.spec().withLinux(linux);
  }

  @Test
  void waits_for_the_devices_when_all_else_is_there() {
    Map<String, NetDevice> devices = new LinkedHashMap<>();
    devices.put("v0", new NetDevice("eth0"));
    devices.put("v1", new NetDevice(null));
    devices.put("v2", new NetDevice("eth%d"));
    assertThat(
            steps(plan(with(LINUX.withNetDevices(devices))), "see that there is no", "change root"))
        .containsExactly(
            "see that there is no network device eth0",
            "see that there is no network device v1",
            "wait for the network devices",
            "give the network devices their addresses, and set them up",
            "change root");
  }

  @Test
  void waits_to_be_in_the_resctrl_group_before_there_is_any_other_process() {
    IntelRdt rdt = new IntelRdt(null, List.of(), null, null, false, false, true);
    Spec spec = with(LINUX.withNetDevices(Map.of("v0", new NetDevice(null))).withIntelRdt(rdt));
    assertThat(steps(plan(spec)))
        .containsSubsequence(
            "wait to be in the resctrl group", "wait for the network devices", "change root");
  }
}
