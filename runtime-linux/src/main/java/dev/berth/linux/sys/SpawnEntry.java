package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/** The native code through which this JVM makes processes; the C side is {@code spawn.h}. */
public final class SpawnEntry implements AutoCloseable {

  static final int SPAWN_CLONE = 1;
  static final int SPAWN_CAPABILITIES = 2;
  static final int SPAWN_DESCRIPTORS = 3;
  static final int SPAWN_EXEC = 4;

  static final StructLayout LAYOUT =
      Structs.ofLongs(
          "struct spawn",
          "clone_args",
          "clone_args_size",
          "raise_ambient",
          "stub",
          "socket",
          "argv",
          "envp",
          "error",
          "call");

  private final MemorySegment code;
  private final long size;

  private SpawnEntry(MemorySegment code, long size) {
    this.code = code;
    this.size = size;
  }

  /** A process that was made, and has begun its program. */
  public record Child(int pid, Fd pidfd) {}

  /**
   * Maps {@code code}, from a file that cannot change any more.
   *
   * @throws SyscallException if executable memory is refused
   */
  public static SpawnEntry map(byte[] code) throws SyscallException {
    try (Fd memfd = Memfd.ofCode("berth-spawn", code)) {
      long address =
          Mappings.mmap(
              memfd, code.length, Mappings.PROT_READ | Mappings.PROT_EXEC, Mappings.MAP_PRIVATE);
      return new SpawnEntry(MemorySegment.ofAddress(address), code.length);
    }
  }

  /**
   * Makes a process and returns once it has begun its program. The thread that calls is what {@code
   * PR_SET_PDEATHSIG} takes for the parent.
   *
   * @param stack the calling thread's own
   * @throws SyscallException if there is none; nothing is left of it then
   */
  public Child spawn(SpawnRequest request, ChildStack stack) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pidfd = arena.allocate(JAVA_INT);
      MemorySegment cloneArgs = cloneArgs(request, stack, pidfd).write(arena);
      MemorySegment struct =
          arena.allocateFrom(
              JAVA_LONG,
              cloneArgs.address(),
              cloneArgs.byteSize(),
              request.raiseAmbient() ? 1 : 0,
              request.program().number(),
              request.socket().number(),
              strings(arena, request.arguments()).address(),
              strings(arena, List.of()).address(),
              0,
              0);
      long pid = Syscall.call(arena, code, struct);
      Syscall.check(pid, "clone3(%s)", request.namespaces() == 0 ? "" : "CLONE_NEWUSER");
      Child child = new Child((int) pid, new Fd(pidfd.get(JAVA_INT, 0)));
      long error = struct.get(JAVA_LONG, Structs.offset(LAYOUT, "error"));
      if (error != 0) {
        reap(child);
        throw new SyscallException(
            call(struct.get(JAVA_LONG, Structs.offset(LAYOUT, "call"))), (int) error);
      }
      return child;
    }
  }

  private static CloneArgs cloneArgs(SpawnRequest request, ChildStack stack, MemorySegment pidfd) {
    long flags =
        CloneArgs.CLONE_VM
            | CloneArgs.CLONE_VFORK
            | CloneArgs.CLONE_CLEAR_SIGHAND
            | CloneArgs.CLONE_PIDFD
            | request.namespaces();
    return new CloneArgs(flags, pidfd.address(), stack.address(), stack.size());
  }

  /** An array of pointers that ends with NULL. */
  private static MemorySegment strings(Arena arena, List<String> strings) {
    MemorySegment array = arena.allocate(ADDRESS, strings.size() + 1);
    for (int i = 0; i < strings.size(); i++) {
      array.setAtIndex(ADDRESS, i, Syscall.cString(arena, strings.get(i)));
    }
    return array;
  }

  private static void reap(Child child) throws SyscallException {
    try (Fd pidfd = child.pidfd()) {
      Processes.waitid(pidfd, 0);
    }
  }

  private static String call(long call) {
    return switch ((int) call) {
      case SPAWN_CLONE -> "clone3";
      case SPAWN_CAPABILITIES -> "capset";
      case SPAWN_DESCRIPTORS -> "close_range";
      case SPAWN_EXEC -> "execveat";
      default -> "spawn call " + call;
    };
  }

  /** Unmaps the code; no process is just being made. */
  @Override
  public void close() throws SyscallException {
    Mappings.munmap(code.address(), size);
  }
}
