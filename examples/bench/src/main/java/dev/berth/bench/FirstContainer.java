package dev.berth.bench;

import dev.berth.Bundle;
import dev.berth.Container;
import dev.berth.ContainerRuntime;
import java.nio.file.Path;

/** The smallest program that runs a container: one JVM for one container. */
final class FirstContainer {
  private FirstContainer() {}

  /** Takes the state directory, an id and a bundle. */
  public static void main(String[] args) throws InterruptedException {
    ContainerRuntime runtime = ContainerRuntime.builder().root(Path.of(args[0])).build();
    Bundle bundle = Bundle.open(Path.of(args[2]));
    try (Container container = runtime.container(args[1]).bundle(bundle).inheritIO().create()) {
      container.start();
      int exitValue = container.process().waitFor();
      container.delete();
      System.exit(exitValue);
    }
  }
}
