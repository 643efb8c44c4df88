package dev.berth.core.cgroup;

import dev.berth.spec.LinuxResources.BlockIO;
import dev.berth.spec.LinuxResources.ThrottleDevice;
import dev.berth.spec.LinuxResources.WeightDevice;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code blockIO} as files of cgroup v1. */
final class BlockIoV1 {

  private BlockIoV1() {}

  static void add(BlockIO blockIO, CgroupWrites writes) throws IOException {
    long weight = CgroupWrites.orZero(blockIO.weight());
    if (weight != 0 || !blockIO.weightDevice().isEmpty()) {
      // Since Linux 5.0 the only scheduler that knows weights is BFQ, and its files say so.
      String file = writes.has("blkio", "blkio.weight") ? "blkio.weight" : "blkio.bfq.weight";
      weights(file, weight, blockIO.weightDevice(), WeightDevice::weight, writes);
    }
    long leaf = CgroupWrites.orZero(blockIO.leafWeight());
    weights("blkio.leaf_weight", leaf, blockIO.weightDevice(), WeightDevice::leafWeight, writes);
    throttle("read_bps", blockIO.throttleReadBpsDevice(), writes);
    throttle("write_bps", blockIO.throttleWriteBpsDevice(), writes);
    throttle("read_iops", blockIO.throttleReadIOPSDevice(), writes);
    throttle("write_iops", blockIO.throttleWriteIOPSDevice(), writes);
  }

  private static void weights(
      String file,
      long weight,
      List<WeightDevice> devices,
      Function<WeightDevice, @Nullable Integer> ofDevice,
      CgroupWrites writes) {
    writes.unsigned("blkio", file, weight);
    for (WeightDevice device : devices) {
      long own = CgroupWrites.orZero(ofDevice.apply(device));
      if (own != 0) {
        String line = "%s:%s %s".formatted(device.major(), device.minor(), own);
        writes.add("blkio", file + "_device", line);
      }
    }
  }

  private static void throttle(String what, List<ThrottleDevice> devices, CgroupWrites writes) {
    for (ThrottleDevice device : devices) {
      String rate = Long.toUnsignedString(device.rate());
      writes.add(
          "blkio",
          "blkio.throttle.%s_device".formatted(what),
          "%s:%s %s".formatted(device.major(), device.minor(), rate));
    }
  }
}
