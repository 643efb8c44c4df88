package dev.berth.core.seccomp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Architecture;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The machine's libseccomp, by way of which other runtimes get their filters. */
@SuppressWarnings({"restricted", "EnumOrdinal"}) // Operator is in the order of enum scmp_compare
final class Libseccomp {
  private static final String LIBRARY = "libseccomp.so.2";

  /** {@code __NR_SCMP_ERROR}: no architecture has such a call, as far as this version knows. */
  private static final int UNKNOWN = -1;

  private static final int EDOM = 33;
  private static final int EEXIST = 17;

  private static final MemoryLayout COMPARISON =
      MemoryLayout.structLayout(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());

  private final MethodHandle init = link("seccomp_init", ADDRESS, JAVA_INT);
  private final MethodHandle release =
      linker.downcallHandle(
          library.findOrThrow("seccomp_release"), FunctionDescriptor.ofVoid(ADDRESS));
  private final MethodHandle archAdd = link("seccomp_arch_add", JAVA_INT, ADDRESS, JAVA_INT);
  private final MethodHandle archRemove = link("seccomp_arch_remove", JAVA_INT, ADDRESS, JAVA_INT);
  private final MethodHandle resolve = link("seccomp_syscall_resolve_name", JAVA_INT, ADDRESS);
  private final MethodHandle resolveOn =
      link("seccomp_syscall_resolve_name_arch", JAVA_INT, JAVA_INT, ADDRESS);
  private final MethodHandle ruleAdd =
      link("seccomp_rule_add_array", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private final MethodHandle exportBpf = link("seccomp_export_bpf", JAVA_INT, ADDRESS, JAVA_INT);
  private final MethodHandle creat =
      linker.downcallHandle(
          linker.defaultLookup().findOrThrow("creat"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private final MethodHandle close =
      linker.downcallHandle(
          linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  /** Whether this machine has it. */
  static boolean isThere() {
    try {
      SymbolLookup.libraryLookup(LIBRARY, Arena.global());
      return true;
    } catch (IllegalArgumentException absent) {
      return false;
    }
  }

  private MethodHandle link(String name, MemoryLayout result, MemoryLayout... arguments) {
    return linker.downcallHandle(
        library.findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  /** Whether it has heard of the call. */
  boolean knows(String name) {
    return number(name) != UNKNOWN;
  }

  /** Its number here; a negative one that only this library understands if it is another's. */
  private int number(String name) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) call(resolve, arena.allocateFrom(name));
    }
  }

  /** Its number there; negative if there is none. */
  int number(Architecture architecture, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) call(resolveOn, token(architecture), arena.allocateFrom(name));
    }
  }

  /**
   * The program that runc would load.
   *
   * @param refused gets the rules that the library refuses, which runc takes as an error
   */
  long[] compile(Seccomp profile, Architecture machine, Set<Integer> refused) throws IOException {
    int otherwise = action(profile.defaultAction(), profile.defaultErrnoRet());
    MemorySegment filter = (MemorySegment) call(init, otherwise);
    try {
      architectures(filter, profile, machine);
      for (int i = 0; i < profile.syscalls().size(); i++) {
        Seccomp.Syscall rule = profile.syscalls().get(i);
        int action = action(rule.action(), rule.errnoRet());
        for (String name : rule.names()) {
          if (action != otherwise && knows(name) && !add(filter, action, number(name), rule)) {
            refused.add(i);
          }
        }
      }
      return export(filter);
    } finally {
      call(release, filter);
    }
  }

  private void architectures(MemorySegment filter, Seccomp profile, Architecture machine) {
    Set<Architecture> all = EnumSet.of(machine);
    all.addAll(profile.architectures());
    for (Architecture architecture : all) {
      int result = (int) call(archAdd, filter, token(architecture));
      if (result != 0 && result != -EEXIST) {
        throw new AssertionError("seccomp_arch_add(%s): %d".formatted(architecture, result));
      }
    }
    if (!all.contains(Architecture.SCMP_ARCH_X86_64)) {
      call(archRemove, filter, token(Architecture.SCMP_ARCH_X86_64));
    }
  }

  private boolean add(MemorySegment filter, int action, int number, Seccomp.Syscall rule) {
    boolean repeats =
        rule.args().stream().map(Seccomp.Arg::index).distinct().count() < rule.args().size();
    if (!repeats) {
      return add(filter, action, number, rule.args());
    }
    boolean added = true;
    for (Seccomp.Arg arg : rule.args()) {
      added &= add(filter, action, number, List.of(arg));
    }
    return added;
  }

  private boolean add(MemorySegment filter, int action, int number, List<Seccomp.Arg> args) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment comparisons = arena.allocate(COMPARISON, Math.max(1, args.size()));
      for (int i = 0; i < args.size(); i++) {
        Seccomp.Arg arg = args.get(i);
        MemorySegment comparison =
            comparisons.asSlice(i * COMPARISON.byteSize(), COMPARISON.byteSize());
        comparison.set(JAVA_INT, 0, (int) arg.index());
        comparison.set(JAVA_INT, 4, arg.op().ordinal() + 1);
        comparison.set(JAVA_LONG, 8, arg.value());
        comparison.set(JAVA_LONG, 16, arg.valueTwo() == null ? 0 : arg.valueTwo());
      }
      int result = (int) call(ruleAdd, filter, action, number, args.size(), comparisons);
      if (result != 0 && result != -EEXIST && result != -EDOM) {
        throw new AssertionError("seccomp_rule_add_array: " + result);
      }
      return result == 0;
    }
  }

  private long[] export(MemorySegment filter) throws IOException {
    Path file = Files.createTempFile("libseccomp", ".bpf");
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) call(creat, arena.allocateFrom(file.toString()), 0600);
      int result = (int) call(exportBpf, filter, fd);
      call(close, fd);
      if (result != 0) {
        throw new AssertionError("seccomp_export_bpf: " + result);
      }
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
      long[] program = new long[bytes.remaining() / Long.BYTES];
      bytes.asLongBuffer().get(program);
      return program;
    } finally {
      Files.delete(file);
    }
  }

  /** {@code SCMP_ACT_*} are the kernel's {@code SECCOMP_RET_*}. */
  private static int action(Seccomp.Action action, Long errno) {
    int data = errno == null ? 1 : (int) (errno & 0xffff);
    return switch (action) {
      case SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD -> 0;
      case SCMP_ACT_KILL_PROCESS -> 0x8000_0000;
      case SCMP_ACT_TRAP -> 0x0003_0000;
      case SCMP_ACT_ERRNO -> 0x0005_0000 | data;
      case SCMP_ACT_NOTIFY -> 0x7fc0_0000;
      case SCMP_ACT_TRACE -> 0x7ff0_0000 | data;
      case SCMP_ACT_LOG -> 0x7ffc_0000;
      case SCMP_ACT_ALLOW -> 0x7fff_0000;
    };
  }

  /** {@code SCMP_ARCH_*}: {@code AUDIT_ARCH_*}, but for x32, which has none of its own. */
  private static int token(Architecture architecture) {
    return architecture == Architecture.SCMP_ARCH_X32 ? 0x4000_003e : Abi.of(architecture).audit();
  }

  private static Object call(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(new ArrayList<>(Arrays.asList(arguments)));
    } catch (Throwable failed) {
      throw new AssertionError(failed);
    }
  }
}
