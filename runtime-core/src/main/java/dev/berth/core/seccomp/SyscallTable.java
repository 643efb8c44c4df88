package dev.berth.core.seccomp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The numbers of an architecture's system calls, as {@code build/syscall-tables} has taken them
 * from the kernel. A table is read when it is first asked for.
 */
final class SyscallTable {
  private static final Map<String, SyscallTable> TABLES = new ConcurrentHashMap<>();

  private final Map<String, Long> numbers = HashMap.newHashMap(512);
  private final Set<String> elsewhere = new HashSet<>();

  private SyscallTable(String text) {
    text.lines().forEach(this::read);
  }

  static SyscallTable named(String name) {
    return TABLES.computeIfAbsent(name, SyscallTable::load);
  }

  private static SyscallTable load(String name) {
    try (InputStream file = SyscallTable.class.getResourceAsStream(name + ".txt")) {
      if (file == null) {
        throw new LinkageError("no " + name + ".txt");
      }
      return new SyscallTable(new String(file.readAllBytes(), US_ASCII));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** A number and the names from there on; or a dash and the names that others have. */
  private void read(String line) {
    StringTokenizer words = new StringTokenizer(line);
    String first = words.nextToken();
    if (first.equals("-")) {
      words.asIterator().forEachRemaining(name -> elsewhere.add((String) name));
    } else {
      long number = Long.parseLong(first);
      while (words.hasMoreTokens()) {
        numbers.put(words.nextToken(), number++);
      }
    }
  }

  /** Of the call on this architecture. */
  OptionalLong number(String name) {
    Long number = numbers.get(name);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /** Whether any architecture has such a call. */
  boolean knows(String name) {
    return numbers.containsKey(name) || elsewhere.contains(name);
  }

  /** All names on this architecture. */
  Set<String> names() {
    return numbers.keySet();
  }
}
