package dev.berth;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/**
 * The state of a container; runtime-spec, "State".
 *
 * @param ociVersion of the specification that the container's configuration follows
 * @param id the id
 * @param status where it is in its life
 * @param pid of the first process, on the host; 0 if there is none
 * @param bundle the absolute path of the bundle
 * @param rootfs the absolute path of the root file system
 * @param created when the container was made
 * @param owner the name of the user who made it, or the uid where it has no name
 * @param annotations of the configuration
 */
public record State(
    String ociVersion,
    String id,
    Status status,
    long pid,
    Path bundle,
    Path rootfs,
    Instant created,
    String owner,
    Map<String, String> annotations) {

  public State {
    annotations = Map.copyOf(annotations);
  }
}
