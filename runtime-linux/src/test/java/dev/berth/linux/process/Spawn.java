package dev.berth.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/** Children of this JVM without a container: posix_spawn(3). */
final class Spawn {

  private static final MethodHandle POSIX_SPAWN =
      link("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle INIT = link("posix_spawn_file_actions_init", ADDRESS);
  private static final MethodHandle ADD_DUP2 =
      link("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
  private static final int FILE_ACTIONS_SIZE = 256; // at least, whichever libc it is

  private Spawn() {}

  /** A shell that runs {@code script}, with a pipe for each standard stream. */
  static LinuxContainerProcess shell(String script) throws Exception {
    return start(Redirect.PIPE, Redirect.PIPE, "sh", "-c", script);
  }

  static LinuxContainerProcess start(Redirect input, Redirect output, String... command)
      throws Exception {
    try (Stdio stdio = Stdio.open(input, output, Redirect.PIPE)) {
      int pid = spawn(stdio, List.of(command));
      return LinuxContainerProcess.ofChild(
          "test", pid, Processes.pidfdOpen(pid), stdio, observer());
    }
  }

  /** Of a process that is in no container's cgroup. */
  static Observer observer() {
    return Observer.of(Optional::empty, new SentSignals());
  }

  private static int spawn(Stdio stdio, List<String> command) throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pid = arena.allocate(JAVA_INT);
      MemorySegment actions = arena.allocate(FILE_ACTIONS_SIZE, 16);
      check((int) call(INIT, actions));
      int number = 0;
      for (Fd end : stdio.programEnds()) {
        check((int) call(ADD_DUP2, actions, end.number(), number++));
      }
      MemorySegment path = arena.allocateFrom("/bin/" + command.getFirst());
      check(
          (int)
              call(
                  POSIX_SPAWN,
                  pid,
                  path,
                  actions,
                  MemorySegment.NULL,
                  strings(arena, command),
                  strings(arena, List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin"))));
      return pid.get(JAVA_INT, 0);
    }
  }

  private static MemorySegment strings(Arena arena, List<String> strings) {
    MemorySegment array = arena.allocate(ADDRESS, strings.size() + 1);
    for (int i = 0; i < strings.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(strings.get(i)));
    }
    return array;
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link(String name, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static Object call(MethodHandle handle, Object... arguments) {
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static void check(int error) {
    if (error != 0) {
      throw new AssertionError("posix_spawn: errno " + error);
    }
  }
}
