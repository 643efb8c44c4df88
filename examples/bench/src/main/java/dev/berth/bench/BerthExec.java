package dev.berth.bench;

import dev.berth.Container;

/** A further process in a container, by the library, in this JVM. */
record BerthExec(Container container, int warmup) implements Subject {

  @Override
  public Task task() {
    return Task.EXEC;
  }

  @Override
  public String name() {
    return BERTH;
  }

  @Override
  public long round() throws InterruptedException {
    long start = System.nanoTime();
    int exitValue = container.exec(Workspace.TRUE).inheritIO().start().waitFor();
    long taken = System.nanoTime() - start;
    if (exitValue != 0) {
      throw new IllegalStateException("exec exited with %s".formatted(exitValue));
    }
    return taken;
  }

  @Override
  public void close() {
    // The container is not this subject's own: the floor joins it too.
  }
}
