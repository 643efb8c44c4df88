package dev.berth.linux.attacks;

import static dev.berth.linux.testing.Containers.output;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.linux.sys.Architecture;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.spec.Seccomp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link Seccomp#HARDENED} keeps from a container, and what runs under it all the same. */
@RunsContainers
@Timeout(120)
class HardenedProfileIT {
  private static final String EPERM = ": 1";
  private static final String ENOSYS = ": 38";

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void addProgram() throws IOException {
    Files.copy(TestProgram.get("surface"), containers.root().resolve("bin/surface"));
  }

  @ParameterizedTest
  @EnumSource
  void t47_what_attacks_on_the_kernel_begin_with_is_refused(Privilege privilege) throws Exception {
    ContainerBuilder builder = hardened(privilege.given(containers.container("surface", "native")));
    assertRefused(output(builder).lines().toList(), 22);
  }

  @Test
  void t47_also_to_a_process_that_joins() throws Exception {
    try (Container container = hardened(containers.container("sleep", "1000")).start()) {
      assertRefused(
          container.exec("surface", "native").run().orThrow().output().lines().toList(), 22);
    }
  }

  /** As a program of 32 bits, or of x32, makes its calls; a kernel need not have these. */
  @ParameterizedTest
  @ValueSource(strings = {"i386", "x32"})
  void t47_also_by_the_other_entries_of_the_kernel(String entry) throws Exception {
    assumeTrue(Architecture.current() == Architecture.X86_64, "x86-64 alone has other entries");
    int calls = entry.equals("i386") ? 20 : 22;
    assertRefused(output(hardened(containers.container("surface", entry))).lines().toList(), calls);
  }

  /** Else the test would say nothing. */
  @Test
  void without_it_some_of_that_is_allowed() throws Exception {
    assertThat(output(containers.container("surface", "native")).lines())
        .doesNotContain(
            "unshare(CLONE_NEWUSER)" + EPERM, "clone3" + ENOSYS, "keyctl" + EPERM, "setns" + EPERM);
  }

  @Test
  void programs_run_under_it() throws Exception {
    String script =
        "mkdir /dev/d && echo a | cat && (echo b; ls / >/dev/null) & wait; seq 3 | sort -r | head -n 1;"
            + " ip addr show lo | head -n 1 | cut -c 1-3; dd if=/dev/zero bs=1k count=4 2>/dev/null |"
            + " md5sum | cut -c 1-4";
    assertThat(output(hardened(containers.shell(script))).lines())
        .containsExactly("a", "b", "3", "1: ", "620f");
  }

  @Test
  void programs_of_the_host_run_under_it() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/python3")), "needs /usr/bin/python3");
    String script =
        "import socket,subprocess,threading\n"
            + "t=threading.Thread(target=lambda: print('thread',flush=True)); t.start(); t.join()\n"
            + "s=socket.create_server(('127.0.0.1',0)); c=socket.create_connection(s.getsockname())\n"
            + "c.send(b'tcp'); print(s.accept()[0].recv(3).decode(),flush=True)\n"
            + "a,b=socket.socketpair(); a.send(b'unix'); print(b.recv(4).decode(),flush=True)\n"
            + "subprocess.run(['sh','-c','echo child'])\n";
    assertThat(output(onHost("/usr/bin/python3", "-c", script)).lines())
        .containsExactly("thread", "tcp", "unix", "child");
  }

  @Test
  void a_jvm_runs_under_it() throws Exception {
    String java = Path.of(System.getProperty("java.home")).toRealPath() + "/bin/java";
    assumeTrue(java.startsWith("/usr/"), "needs a JDK below /usr");
    assertThat(output(onHost(java, "-Xmx64m", "-Xshare:auto", "--version"))).contains("25");
  }

  private static void assertRefused(List<String> lines, int calls) {
    assertThat(lines)
        .hasSize(calls)
        .contains("clone3" + ENOSYS)
        .allMatch(line -> line.equals("clone3" + ENOSYS) || line.endsWith(EPERM));
  }

  /** With the host's programs and their libraries. */
  private static ContainerBuilder onHost(String... command) throws IOException {
    Path root = containers.newRoot();
    for (String directory : List.of("lib", "lib64")) {
      Path host = Path.of("/" + directory);
      if (Files.isSymbolicLink(host)) {
        Files.createSymbolicLink(root.resolve(directory), Files.readSymbolicLink(host));
      }
    }
    return hardened(
        containers.container(command).rootfs(root).bindReadOnly(Path.of("/usr"), "/usr"));
  }

  private static ContainerBuilder hardened(ContainerBuilder builder) {
    return builder.seccomp(Seccomp.HARDENED);
  }
}
