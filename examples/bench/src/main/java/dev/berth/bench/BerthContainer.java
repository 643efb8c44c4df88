package dev.berth.bench;

import dev.berth.Bundle;
import dev.berth.Container;
import dev.berth.ContainerRuntime;

/** A container by the library, in this JVM. */
record BerthContainer(Task task, ContainerRuntime runtime, String id, Bundle bundle, int warmup)
    implements Subject {

  @Override
  public String name() {
    return BERTH;
  }

  @Override
  public long round() throws InterruptedException {
    long start = System.nanoTime();
    try (Container container = runtime.container(id).bundle(bundle).inheritIO().create()) {
      container.start();
      int exitValue = container.process().waitFor();
      container.delete();
      long taken = System.nanoTime() - start;
      if (exitValue != 0) {
        throw new IllegalStateException("container \"%s\" exited with %s".formatted(id, exitValue));
      }
      return taken;
    }
  }

  @Override
  public void close() {
    // Each round cleans up after itself.
  }
}
