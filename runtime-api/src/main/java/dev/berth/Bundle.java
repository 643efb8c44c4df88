package dev.berth;

import dev.berth.spec.Spec;
import dev.berth.spi.RuntimeProvider;
import java.nio.file.Path;

/**
 * A directory with a {@code config.json} and, usually, a root file system; runtime-spec,
 * "Filesystem Bundle". A value: what it says was read once, and checked.
 */
public interface Bundle {

  /**
   * Reads the bundle in {@code directory}, such as umoci or an engine makes it.
   *
   * @throws InvalidSpecException if its {@code config.json} is missing, is not JSON, or cannot be
   *     used; with every problem and its JSON path
   */
  static Bundle open(Path directory) {
    return RuntimeProvider.get().openBundle(directory);
  }

  /**
   * Writes {@code spec} to {@code directory/config.json}, making the directory if it is missing.
   *
   * @throws InvalidSpecException if the specification cannot be used, with every problem
   * @throws java.io.UncheckedIOException if it cannot be written, or a {@code config.json} is there
   */
  static Bundle create(Path directory, Spec spec) {
    return RuntimeProvider.get().createBundle(directory, spec);
  }

  /** The directory, absolute. */
  Path directory();

  /** The configuration. */
  Spec spec();

  /** The root file system, absolute. */
  Path root();

  /**
   * What a container of this bundle would do on this machine, step by step, in words.
   *
   * @throws UnsupportedFeatureException if the configuration asks for what Berth cannot do yet
   */
  String explain();
}
