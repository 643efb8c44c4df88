package dev.berth.linux.sys;

import java.util.List;
import java.util.Optional;

/**
 * A process to be made by {@link SpawnEntry}.
 *
 * @param namespaces {@code CLONE_NEW*}
 * @param raiseAmbient keeps the capabilities over the exec, which an exec in a user namespace
 *     without mappings otherwise drops for good
 * @param program the executable memfd
 * @param socket stays open in the child, under the same number
 * @param arguments of the program; its environment is empty
 * @param cgroup a cgroup v2 directory for the child to be born in
 */
public record SpawnRequest(
    long namespaces,
    boolean raiseAmbient,
    Fd program,
    Fd socket,
    List<String> arguments,
    Optional<Fd> cgroup) {

  public SpawnRequest {
    arguments = List.copyOf(arguments);
  }

  /** The same, born in {@code cgroup}. */
  public SpawnRequest withCgroup(Optional<Fd> cgroup) {
    return new SpawnRequest(namespaces, raiseAmbient, program, socket, arguments, cgroup);
  }
}
