package dev.berth.linux.conformance;

import java.nio.file.Path;

/** A container runtime, operated so that the same can be asked of this one and of others. */
interface OciRuntime {
  /**
   * How an operation ended, or the program of a container, and what was written.
   *
   * @param status 0 if all is well; of a program what a shell would say
   */
  record Outcome(int status, String output) {
    Outcome orThrow() {
      if (status != 0) {
        throw new AssertionError("ended with %d: %s".formatted(status, output));
      }
      return this;
    }

    /** Both in a line. */
    String line() {
      return (status + " " + output.strip().replace("\n", ", ")).strip();
    }
  }

  /** Makes a container, starts it, and deletes it after the end of its program. */
  Outcome run(String id, Path bundle) throws Exception;

  /** Makes a container. */
  Outcome create(String id, Path bundle) throws Exception;

  /** Starts one that was made. */
  Outcome start(String id) throws Exception;

  /** Changes its limits to those of an object {@code linux.resources}. */
  Outcome update(String id, String resources) throws Exception;

  /** Stops all its processes for now. */
  Outcome pause(String id) throws Exception;

  /** Lets them go on. */
  Outcome resume(String id) throws Exception;

  /** In which state it is. */
  String status(String id) throws Exception;

  /** The process that it began with, as the host has it. */
  long pid(String id) throws Exception;

  /** Kills and removes it; nothing happens if there is none. */
  void delete(String id) throws Exception;
}
