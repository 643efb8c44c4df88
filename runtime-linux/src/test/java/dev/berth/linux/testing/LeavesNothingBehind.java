package dev.berth.linux.testing;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test after which there is a cgroup, mount, child or descriptor that was not there before.
 */
public final class LeavesNothingBehind implements BeforeEachCallback, AfterEachCallback {
  /** A JVM closes some of its descriptors, and the kernel ends some processes, a little later. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Namespace NAMESPACE = Namespace.create(LeavesNothingBehind.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put("before", Traces.now());
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    Traces before = context.getStore(NAMESPACE).get("before", Traces.class);
    Instant deadline = Instant.now().plus(PATIENCE);
    String left = Traces.now().since(before);
    while (!left.isEmpty() && Instant.now().isBefore(deadline)) {
      Thread.sleep(20);
      left = Traces.now().since(before);
    }
    if (!left.isEmpty()) {
      throw new AssertionError("left behind:\n" + left);
    }
  }
}
