package dev.berth.linux.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Waits for what happens elsewhere, in the kernel or in another process. */
public final class Eventually {
  /** What is waited for takes milliseconds; a slow machine is not to fail a test. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Eventually() {}

  /** Waits until {@code condition} holds. */
  public static void await(String what, BooleanSupplier condition) throws InterruptedException {
    for (Instant end = Instant.now().plus(PATIENCE); !condition.getAsBoolean(); ) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("still not so: " + what);
      }
      Thread.sleep(5);
    }
  }
}
