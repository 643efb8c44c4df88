package dev.berth.linux.sys;

import static dev.berth.linux.sys.Mappings.MAP_PRIVATE;
import static dev.berth.linux.sys.Mappings.MAP_STACK;
import static dev.berth.linux.sys.Mappings.PROT_NONE;
import static dev.berth.linux.sys.Mappings.PROT_READ;
import static dev.berth.linux.sys.Mappings.PROT_WRITE;

/**
 * The stack that a child of {@link SpawnEntry} runs on until its exec; for one child at a time.
 *
 * @param address the lowest
 * @param size in bytes
 */
public record ChildStack(long address, long size) implements AutoCloseable {

  private static final long SIZE = 1 << 16;
  // A page wherever there is one of at most 64 KiB, as aarch64 may have it.
  private static final long GUARD = 1 << 16;

  /**
   * Maps a new one. Below it is memory that nobody may touch: the child shares all of the JVM's,
   * and must not grow into it.
   */
  public static ChildStack map() throws SyscallException {
    long guard = Mappings.mmap(GUARD + SIZE, PROT_NONE, MAP_PRIVATE | MAP_STACK);
    long stack = guard + GUARD;
    Mappings.mprotect(stack, SIZE, PROT_READ | PROT_WRITE);
    return new ChildStack(stack, SIZE);
  }

  /** Gives the memory back. */
  @Override
  public void close() throws SyscallException {
    Mappings.munmap(address - GUARD, GUARD + SIZE);
  }
}
