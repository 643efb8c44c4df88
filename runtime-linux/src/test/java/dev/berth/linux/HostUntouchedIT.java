package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.Untouched;
import dev.berth.linux.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The library changes nothing of the process that it runs in: whatever could is called by processes
 * that have executed the stub, and never by a thread of the JVM.
 */
@RunsContainers
class HostUntouchedIT {
  private static final String CALLS =
      "setns,unshare,mount,umount2,pivot_root,chroot,chdir,fchdir,umask,setuid,setresuid,setreuid,"
          + "setgid,setresgid,setregid,setgroups,capset,prctl,rt_sigaction,setrlimit,prlimit64";

  private static final Set<String> WATCHED = Set.of(CALLS.split(","));

  /** What is recorded, too: who descends from whom, who executes what, and where the mark is. */
  private static final String ALSO =
      ",clone,clone3,vfork,fork,execve,execveat"
          + ",access,faccessat,faccessat2,stat,newfstatat,statx";

  private static final Pattern CALL = Pattern.compile("(\\d+) +(\\w+)\\(.*");
  private static final Pattern BIRTH =
      Pattern.compile("(\\d+) +(?:<\\.\\.\\. )?(?:clone3?|v?fork)\\b.* = (\\d+)");

  @RegisterExtension final Workspace workspace = new Workspace();

  private List<String> arguments() {
    return List.of(
        workspace.root().toString(), workspace.rootfs().toString(), workspace.id("untouched"));
  }

  @Test
  void t37_neither_directory_nor_umask_nor_signals_nor_limits_nor_namespaces_differ()
      throws Exception {
    Process jvm = ChildJvm.start(ChildJvm.command(List.of(), Untouched.class, arguments()));
    assertThat(ChildJvm.output(jvm, 60)).isEqualTo("nothing\n");
  }

  @Test
  void t37_only_the_stub_makes_calls_that_change_a_process() throws Exception {
    Record calls = Record.read(trace());
    assertThat(calls.byTheStub()).contains("setns", "pivot_root", "umask", "capset", "prctl");
    assertThat(calls.byTheJvm()).isEmpty();
  }

  /** A kill of a cgroup as a group would be one of the JVM: {@link GroupKillIT}. */
  @Test
  void t56_no_process_that_shares_the_jvms_memory_is_born_in_another_cgroup() throws Exception {
    List<String> births;
    try (Stream<String> lines = Files.lines(trace())) {
      births = lines.filter(line -> line.contains("clone3(")).toList();
    }
    assertThat(births).anyMatch(birth -> birth.contains("CLONE_VFORK"));
    assertThat(births)
        .filteredOn(birth -> birth.contains("CLONE_INTO_CGROUP"))
        .noneMatch(birth -> birth.contains("CLONE_VM"));
  }

  private Path trace() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "needs strace");
    Path record = workspace.file("strace");
    List<String> command =
        new ArrayList<>(
            List.of("strace", "-f", "-qq", "-e", "trace=" + CALLS + ALSO, "-e", "signal=none"));
    command.addAll(List.of("-o", record.toString()));
    command.addAll(ChildJvm.command(List.of(), Untouched.class, arguments()));
    ChildJvm.output(ChildJvm.start(command), 120);
    return record;
  }

  /**
   * What strace saw after the mark.
   *
   * @param byTheStub names of calls
   * @param byTheJvm whole lines
   */
  private record Record(Set<String> byTheStub, List<String> byTheJvm) {

    static Record read(Path file) throws IOException {
      List<String> lines = Files.readAllLines(file);
      List<String> marked =
          lines.stream().dropWhile(line -> !line.contains(Untouched.MARK)).toList();
      Set<String> stubs = stubs(marked);
      Record record = new Record(new HashSet<>(), new ArrayList<>());
      for (String line : marked) {
        Matcher call = CALL.matcher(line);
        if (!call.matches() || !WATCHED.contains(call.group(2)) || isNoChange(line)) {
          continue;
        }
        if (stubs.contains(call.group(1))) {
          record.byTheStub.add(call.group(2));
        } else {
          record.byTheJvm.add(line);
        }
      }
      return record;
    }

    /** The processes that have executed something, and their children. */
    private static Set<String> stubs(List<String> lines) {
      Set<String> stubs = new HashSet<>();
      for (String line : lines) {
        Matcher call = CALL.matcher(line);
        if (call.matches() && call.group(2).startsWith("execve")) {
          stubs.add(call.group(1));
        }
      }
      for (String line : lines) {
        Matcher birth = BIRTH.matcher(line);
        if (birth.matches() && stubs.contains(birth.group(1))) {
          stubs.add(birth.group(2));
        }
      }
      return stubs;
    }

    /** Limits and handlers that are only read, and the names of the JVM's own new threads. */
    private static boolean isNoChange(String line) {
      return line.matches(
          ".*(prlimit64\\(.*, NULL, .*|prctl\\(PR_SET_NAME, .*|rt_sigaction\\(\\w+, NULL, .*)");
    }
  }
}
