package dev.berth.core.cgroup;

import dev.berth.spec.LinuxResources.BlockIO;
import dev.berth.spec.LinuxResources.ThrottleDevice;
import dev.berth.spec.LinuxResources.WeightDevice;
import java.io.IOException;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** {@code blockIO} as files of cgroup v2. */
final class BlockIoV2 {

  private static final long MIN_WEIGHT = 10;
  private static final long MAX_WEIGHT = 1000;
  private static final long MAX_IO_WEIGHT = 10_000;

  private BlockIoV2() {}

  static void add(BlockIO blockIO, CgroupWrites writes) throws IOException {
    if (CgroupWrites.orZero(blockIO.weight()) != 0 || !blockIO.weightDevice().isEmpty()) {
      weights(blockIO, writes);
    }
    throttle("rbps", blockIO.throttleReadBpsDevice(), writes);
    throttle("wbps", blockIO.throttleWriteBpsDevice(), writes);
    throttle("riops", blockIO.throttleReadIOPSDevice(), writes);
    throttle("wiops", blockIO.throttleWriteIOPSDevice(), writes);
  }

  /** BFQ takes the specification's weights as they are; the kernel's own have another scale. */
  private static void weights(BlockIO blockIO, CgroupWrites writes) throws IOException {
    boolean bfq = writes.has("io", "io.bfq.weight");
    String file = bfq ? "io.bfq.weight" : "io.weight";
    LongUnaryOperator scale = bfq ? LongUnaryOperator.identity() : BlockIoV2::ioWeight;
    long weight = CgroupWrites.orZero(blockIO.weight());
    if (weight != 0) {
      writes.add("io", file, Long.toString(scale.applyAsLong(weight)));
    }
    for (WeightDevice device : blockIO.weightDevice()) {
      long own = CgroupWrites.orZero(device.weight());
      if (own != 0) {
        String line = "%s:%s %s".formatted(device.major(), device.minor(), scale.applyAsLong(own));
        writes.add("io", file, line);
      }
    }
  }

  /** From 10 to 1000, which the specification has, to 1 to 10000. */
  private static long ioWeight(long weight) {
    return 1 + (weight - MIN_WEIGHT) * (MAX_IO_WEIGHT - 1) / (MAX_WEIGHT - MIN_WEIGHT);
  }

  /** The kernel keeps what other keys of the device say. 0 lifts the limit, as in cgroup v1. */
  private static void throttle(String key, List<ThrottleDevice> devices, CgroupWrites writes) {
    for (ThrottleDevice device : devices) {
      String rate = device.rate() == 0 ? "max" : Long.toUnsignedString(device.rate());
      writes.add(
          "io", "io.max", "%s:%s %s=%s".formatted(device.major(), device.minor(), key, rate));
    }
  }
}
