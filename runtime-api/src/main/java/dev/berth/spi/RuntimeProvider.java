package dev.berth.spi;

import dev.berth.Bundle;
import dev.berth.ContainerRuntime;
import dev.berth.spec.Spec;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** The implementation behind the API, found by {@link ServiceLoader}. */
public interface RuntimeProvider {

  /**
   * The provider on the class path or module path.
   *
   * @throws IllegalStateException if there is none
   */
  static RuntimeProvider get() {
    return ServiceLoader.load(RuntimeProvider.class, RuntimeProvider.class.getClassLoader())
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "no container runtime on the class path or module path; add"
                    + " dev.berth:berth-runtime-linux"));
  }

  /** See {@link ContainerRuntime.Builder#build()}. */
  ContainerRuntime runtime(RuntimeSettings settings);

  /** See {@link Bundle#open(Path)}. */
  Bundle openBundle(Path directory);

  /** See {@link Bundle#create(Path, Spec)}. */
  Bundle createBundle(Path directory, Spec spec);
}
