package dev.berth.linux.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The huge pages of this machine. */
public final class HugePages {
  private static final Path COUNT = Path.of("/proc/sys/vm/nr_hugepages");

  private HugePages() {}

  /** Without so many, the test is skipped. */
  public static void assumeThere(int count) throws IOException {
    boolean there = Files.exists(COUNT) && Long.parseLong(KernelSetting.read(COUNT)) >= count;
    assumeTrue(there, "needs huge pages (vm.nr_hugepages=%d)".formatted(count));
  }
}
