package dev.berth.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.LiveCgroup;
import dev.berth.linux.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernel writes into no memory that it was not given. A kernel may write more than it was told
 * the size of: Linux 6.17 to 7.1 does for {@code BPF_PROG_QUERY}. So the calls are made in a JVM
 * whose malloc(3) has a guard behind each block.
 */
@Timeout(60)
class KernelWritesIT {
  /** The offset of {@code query.revision}, and its size. */
  private static final long QUERY_SIZE = 56 + 8;

  /** {@code sizeof(union bpf_attr)} of Linux 6.18. */
  private static final long NEWEST_SIZE = 168;

  @TempDir private Path directory;

  @Test
  void t49_every_attribute_of_bpf_has_room_for_what_the_newest_kernel_writes() {
    assertThat(Bpf.QUERY.byteSize()).isGreaterThanOrEqualTo(QUERY_SIZE);
    assertThat(Stream.of(Bpf.LOAD, Bpf.ATTACH, Bpf.QUERY, Bpf.GET_FD, Bpf.GET_INFO))
        .allSatisfy(
            attributes -> assertThat(attributes.byteSize()).isGreaterThanOrEqualTo(NEWEST_SIZE));
  }

  @Test
  void t49_nothing_is_written_behind_the_memory_of_a_call() throws Exception {
    Optional<Path> cgroup = cgroup();
    try {
      assertThat(outcome("all", cgroup)).isEqualTo("done");
    } finally {
      if (cgroup.isPresent()) {
        Files.delete(cgroup.get());
      }
    }
  }

  @Test
  void a_write_behind_it_is_noticed() throws Exception {
    assertThat(outcome("too-small", Optional.empty()))
        .isEqualTo("written behind a block of malloc\n");
  }

  /** A new one, for root alone. */
  private static Optional<Path> cgroup() throws IOException {
    Optional<MountedHierarchy> unified =
        LiveCgroup.layout().hierarchies().stream().filter(MountedHierarchy::isUnified).findFirst();
    if (unified.isEmpty() || Host.geteuid() != 0) {
      System.err.println("bpf(2) is left out: needs root, and a mounted cgroup v2");
      return Optional.empty();
    }
    String name = "berth-kernel-writes-" + ProcessHandle.current().pid();
    return Optional.of(Files.createDirectory(Path.of(unified.get().mountPoint(), name)));
  }

  private String outcome(String calls, Optional<Path> cgroup) throws Exception {
    assumeTrue(hasGlibc(), "needs glibc, whose malloc can be replaced");
    List<String> arguments = new ArrayList<>(List.of(calls));
    cgroup.map(Path::toString).ifPresent(arguments::add);
    // With the interpreter alone, the JVM allocates less besides.
    ProcessBuilder builder =
        new ProcessBuilder(
            ChildJvm.command(List.of("-XX:+UseSerialGC", "-Xint"), KernelCalls.class, arguments));
    builder.environment().put("LD_PRELOAD", TestProgram.library("guarded_malloc").toString());
    Path output = directory.resolve("output");
    Process jvm = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(jvm.waitFor(50, TimeUnit.SECONDS)).isTrue();
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    return Files.readString(output);
  }

  private static boolean hasGlibc() throws IOException {
    return Files.readString(Path.of("/proc/self/maps")).contains("/libc.so.6");
  }
}
