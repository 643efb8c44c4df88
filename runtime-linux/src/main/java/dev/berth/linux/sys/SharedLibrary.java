package dev.berth.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A library of the host, which is looked for when it is needed and then stays loaded. Its functions
 * are called through the same door as the kernel, so that no further shape of downcall has to be
 * linked: they may take seven integers or pointers, and return one or nothing.
 */
public final class SharedLibrary {
  private final String name;
  private final SymbolLookup symbols;
  private final Map<String, MemorySegment> functions = new ConcurrentHashMap<>();

  private SharedLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /**
   * Loads a library.
   *
   * @param name its soname, which the loader looks for in the host's usual places
   * @return empty if the loader does not find it
   */
  @SuppressWarnings("restricted") // as NativeAccess, which says what is missing where it is denied
  public static Optional<SharedLibrary> load(String name) {
    try {
      return Optional.of(new SharedLibrary(name, SymbolLookup.libraryLookup(name, Arena.global())));
    } catch (IllegalArgumentException absent) {
      return Optional.empty();
    }
  }

  /**
   * Calls a function that returns an {@code int}.
   *
   * @throws IllegalStateException if the library does not have it
   */
  public int call(String function, long... arguments) {
    // What is above the int in the register is anything.
    return (int) Syscall.call(find(function), arguments);
  }

  private MemorySegment find(String function) {
    return functions.computeIfAbsent(
        function,
        symbol ->
            symbols
                .find(symbol)
                .orElseThrow(() -> new IllegalStateException(name + " has no " + symbol)));
  }
}
