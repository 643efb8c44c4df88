package dev.berth.linux.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds every number, layout and constant of this package against the headers, by compiling them as
 * static assertions. It finds them by itself: each constant that is not private is one of C's, and
 * each {@link StructLayout} one of its structures.
 */
class KernelHeadersTest {

  private static final Path C_SOURCES = Path.of("src/main/c").toAbsolutePath();

  private static final String INCLUDES =
      """
      #define _GNU_SOURCE
      #include <stddef.h>
      #include <stdio.h>
      #include <dirent.h>
      #include <errno.h>
      #include <fcntl.h>
      #include <poll.h>
      #include <sched.h>
      #include <signal.h>
      #include <sys/epoll.h>
      #include <sys/eventfd.h>
      #include <sys/file.h>
      #include <sys/inotify.h>
      #include <sys/ioctl.h>
      #include <sys/mman.h>
      #include <sys/resource.h>
      #include <sys/socket.h>
      #include <sys/stat.h>
      #include <sys/uio.h>
      #include <sys/un.h>
      #include <sys/wait.h>
      #include <asm/termbits.h>
      #include <asm/unistd.h>
      #include <linux/bpf.h>
      #include <linux/capability.h>
      #include <linux/ioprio.h>
      #include <linux/mempolicy.h>
      #include <linux/if.h>
      #include <linux/if_addr.h>
      #include <linux/if_link.h>
      #include <linux/mount.h>
      #include <linux/netlink.h>
      #include <linux/nsfs.h>
      #include <linux/openat2.h>
      #include <linux/personality.h>
      #include <linux/rtnetlink.h>
      #include <linux/sched.h>
      #include <linux/utsname.h>
      #include "spawn.h"
      /* It has structures that libc's header has as well. */
      #define f_owner_ex kernel_f_owner_ex
      #define flock kernel_flock
      #define flock64 kernel_flock64
      #include <linux/fcntl.h>
      #include <linux/pidfd.h>
      """;

  /** The headers of a distribution may be older than the kernel that runs on it. */
  private static final Set<String> NEWER_THAN_SOME_HEADERS =
      Set.of("MFD_EXEC", "MFD_NOEXEC_SEAL", "F_SEAL_EXEC", "PIDFD_INFO_EXIT");

  /** By a constant that headers have which have the structure. */
  private static final Map<String, String> NEWER_STRUCTURES =
      Map.of("struct pidfd_info", "PIDFD_INFO_EXIT");

  /** The kernel is given their size: they end with padding for the members of newer kernels. */
  private static final Set<String> PADDED =
      Set.of("union bpf_attr", "struct bpf_prog_info", "struct pidfd_info");

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void everything_is_as_the_headers_have_it(Architecture architecture) throws Exception {
    List<String> assertions = new ArrayList<>();
    for (SyscallNumber number : SyscallNumber.values()) {
      assertions.add(equal("__NR_" + number, number.on(architecture)));
    }
    for (Errno errno : Errno.values()) {
      if (errno != Errno.UNKNOWN) {
        assertions.add(equal(errno.name(), errno.number()));
      }
    }
    for (Class<?> type : classes()) {
      for (Field field : type.getDeclaredFields()) {
        assertions.addAll(assertions(field, architecture));
      }
    }
    assertThat(assertions).hasSizeGreaterThan(300);
    assertThat(compile(architecture, assertions)).isEmpty();
  }

  @Test
  void a_wrong_number_is_noticed() throws Exception {
    assertThat(compile(Architecture.current(), List.of(equal("O_CREAT", 0x41))))
        .contains("O_CREAT is not 65");
  }

  private static List<Class<?>> classes() throws Exception {
    List<Class<?>> classes = new ArrayList<>();
    Path root = Path.of(Syscall.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.list(root.resolve("dev/berth/linux/sys"))) {
      for (String name : files.map(file -> file.getFileName().toString()).sorted().toList()) {
        if (name.endsWith(".class") && !name.equals("package-info.class")) {
          classes.add(Class.forName("dev.berth.linux.sys." + name.replace(".class", "")));
        }
      }
    }
    return classes;
  }

  private static List<String> assertions(Field field, Architecture architecture)
      throws IllegalAccessException {
    if (!Modifier.isStatic(field.getModifiers()) || Modifier.isPrivate(field.getModifiers())) {
      return List.of();
    }
    field.setAccessible(true);
    String name = field.getName();
    return switch (field.get(null)) {
      case Integer value -> List.of(constant(name, forArchitecture(name, value, architecture)));
      case Long value -> List.of(constant(name, value));
      case StructLayout layout when field.getDeclaringClass() == EpollEvent.class ->
          layout(EpollEvent.layout(architecture));
      // What the linker defines, not we.
      case StructLayout layout when field.getDeclaringClass() == NativeAccess.class -> List.of();
      case StructLayout layout -> layout(layout);
      default -> List.of();
    };
  }

  private static int forArchitecture(String name, int value, Architecture architecture) {
    return switch (name) {
      case "O_DIRECTORY" -> architecture.directoryFlag();
      case "O_NOFOLLOW" -> architecture.noFollowFlag();
      default -> value;
    };
  }

  private static String constant(String name, long value) {
    return NEWER_THAN_SOME_HEADERS.contains(name)
        ? "#ifdef %s%n%s%n#endif".formatted(name, equal(name, value))
        : equal(name, value);
  }

  private static List<String> layout(StructLayout layout) {
    String type = layout.name().orElseThrow();
    List<String> assertions = new ArrayList<>();
    assertions.add(
        PADDED.contains(type)
            ? holds(type, layout.byteSize())
            : equal("sizeof(" + type + ")", layout.byteSize()));
    long offset = 0;
    for (MemoryLayout member : layout.memberLayouts()) {
      if (!(member instanceof PaddingLayout)) {
        String name = member.name().orElseThrow();
        assertions.add(equal("offsetof(%s, %s)".formatted(type, name), offset));
        assertions.add(equal("sizeof(((%s *)0)->%s)".formatted(type, name), member.byteSize()));
      }
      offset += member.byteSize();
    }
    if (NEWER_STRUCTURES.containsKey(type)) {
      assertions.addFirst("#ifdef " + NEWER_STRUCTURES.get(type));
      assertions.add("#endif");
    }
    return assertions;
  }

  private static String holds(String type, long size) {
    return "_Static_assert(sizeof(%s) <= %s, \"%s is larger than %s\");"
        .formatted(type, size, type, size);
  }

  private static String equal(String expression, long value) {
    // As 64 bits on both sides: EPOLLET is unsigned in C, and negative in Java.
    String width = value == (int) value ? "(int)" : "(long)";
    return "_Static_assert(%s(%s) == %s%sL, \"%s is not %s\");"
        .formatted(width, expression, width, value, expression, value);
  }

  /** What the compiler has to say. */
  private String compile(Architecture architecture, List<String> assertions) throws Exception {
    Path source = directory.resolve(architecture.name().toLowerCase(Locale.ROOT) + ".c");
    Files.writeString(source, INCLUDES + String.join("\n", assertions) + "\n");
    Path output = directory.resolve("output");
    Process compiler =
        new ProcessBuilder(
                compiler(architecture), "-fsyntax-only", "-I" + C_SOURCES, source.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(compiler.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return Files.readString(output, UTF_8);
  }

  private static String compiler(Architecture architecture) {
    if (architecture == Architecture.current()) {
      assumeTrue(exists("gcc"), "gcc is not installed");
      return "gcc";
    }
    String name = architecture.name().toLowerCase(Locale.ROOT) + "-linux-gnu-gcc";
    assumeTrue(exists(name), name + " is not installed");
    return name;
  }

  private static boolean exists(String program) {
    try {
      return new ProcessBuilder(program, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
