package dev.berth.core.cgroup;

import dev.berth.Problem;
import dev.berth.core.spec.Problems;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.LinuxResources.BlockIO;
import dev.berth.spec.LinuxResources.Memory;
import java.util.List;

/** What cgroup v2 has no file for. Engines send some of it to every host. */
final class OnlyV1 {

  private final Problems problems = new Problems();

  private OnlyV1() {}

  /** What of it is asked for. */
  static List<Problem> of(LinuxResources resources) {
    OnlyV1 found = new OnlyV1();
    Memory memory = resources.memory();
    found.add("memory.swappiness", memory.swappiness() != null && memory.swappiness() >= 0);
    found.add("memory.disableOOMKiller", Boolean.TRUE.equals(memory.disableOOMKiller()));
    found.add("memory.kernelTCP", CgroupWrites.orZero(memory.kernelTCP()) != 0);
    found.add("cpu.realtimePeriod", CgroupWrites.orZero(resources.cpu().realtimePeriod()) != 0);
    found.add("blockIO.leafWeight", CgroupWrites.orZero(resources.blockIO().leafWeight()) != 0);
    found.devices(resources.blockIO());
    found.add("network.classID", CgroupWrites.orZero(resources.network().classID()) != 0);
    found.add("network.priorities", !resources.network().priorities().isEmpty());
    return found.problems.list();
  }

  private void devices(BlockIO blockIO) {
    for (int i = 0; i < blockIO.weightDevice().size(); i++) {
      add(
          "blockIO.weightDevice[%s].leafWeight".formatted(i),
          CgroupWrites.orZero(blockIO.weightDevice().get(i).leafWeight()) != 0);
    }
  }

  private void add(String property, boolean asked) {
    if (asked) {
      problems.add("linux.resources." + property, "cgroup v2 has no such limit; left out");
    }
  }
}
