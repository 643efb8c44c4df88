package dev.berth.linux.sys;

import java.util.List;

/**
 * A process to be made by {@link SpawnEntry}. Until its exec it shares the JVM's memory, so it is
 * in the JVM's cgroup and in no container's: an OOM kill of that cgroup as a group would kill all
 * processes that share the memory of one in it, and the JVM with them.
 *
 * @param namespaces {@code CLONE_NEW*}
 * @param raiseAmbient keeps the capabilities over the exec, which an exec in a user namespace
 *     without mappings otherwise drops for good
 * @param program the executable memfd
 * @param socket stays open in the child, under the same number
 * @param arguments of the program; its environment is empty
 */
public record SpawnRequest(
    long namespaces, boolean raiseAmbient, Fd program, Fd socket, List<String> arguments) {

  public SpawnRequest {
    arguments = List.copyOf(arguments);
  }
}
