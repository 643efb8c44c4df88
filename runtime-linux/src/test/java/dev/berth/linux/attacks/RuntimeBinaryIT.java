package dev.berth.linux.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.ContainerProcess;
import dev.berth.ContainerSetupException;
import dev.berth.Result;
import dev.berth.linux.sys.Descriptors;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Memfd;
import dev.berth.linux.testing.ChildJvm;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.Privilege;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.linux.testing.TestProgram;
import dev.berth.spec.Capabilities;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a container can do to the file that it was made by executing. */
@RunsContainers
class RuntimeBinaryIT {
  private static final int SEALS =
      Memfd.F_SEAL_SEAL | Memfd.F_SEAL_SHRINK | Memfd.F_SEAL_GROW | Memfd.F_SEAL_WRITE;

  private static final Pattern ATTACK =
      Pattern.compile("seen (?<seen>\\d+), opened \\d+, changed (?<changed>\\d+), marked \\d+");

  @RegisterExtension static final Containers containers = new Containers();

  private Path root;

  @BeforeEach
  void prepare() throws IOException {
    root = containers.newRoot();
    Files.createSymbolicLink(root.resolve("bin/itself"), Path.of("/proc/self/exe"));
    Path script = Files.writeString(root.resolve("bin/script"), "#!/proc/self/exe\n");
    script.toFile().setExecutable(true, false);
  }

  /** The attacker may trace all that joins its container, and so look at what that executes. */
  @ParameterizedTest
  @EnumSource
  void t04_the_stub_cannot_be_overwritten(Privilege privilege) throws Exception {
    Map<Path, String> before = binaries();
    Files.copy(TestProgram.get("overwrite"), root.resolve("bin/overwrite"));
    try (Container attacker =
        container(privilege, "overwrite").edit(RuntimeBinaryIT::powerful).start()) {
      ContainerProcess overwrite = attacker.process();
      assertThat(overwrite.inputReader().readLine()).isEqualTo("attacking");
      for (int i = 0; i < 100; i++) {
        for (String program : List.of("true", "itself", "script")) {
          execute(attacker, program);
        }
      }
      overwrite.getOutputStream().close();
      Matcher report = ATTACK.matcher(overwrite.inputReader().readLine());
      assertThat(report.matches()).isTrue();
      // In a user namespace, where nobody has the id of the stub's owner, there is nothing to open.
      assertThat(report.group("seen").equals("0")).isEqualTo(privilege != Privilege.ROOT);
      assertThat(report.group("changed")).isEqualTo("0");
    }
    assertThat(binaries()).isEqualTo(before);
    // Owner and mode, which seals do not keep, are those of a file that is not used again.
    try (Container next = container(privilege, "true").create()) {
      assertThat(hash(exe(next))).isEqualTo(hash(stub()));
      assertThat(Files.readAttributes(exe(next), "unix:uid,mode"))
          .isEqualTo(Map.of("uid", 0, "mode", 0100500));
    }
  }

  /** In a user namespace nobody has the id of the stub's owner, who alone may execute it. */
  private static void execute(Container container, String program) throws InterruptedException {
    try {
      container.exec(program).run();
    } catch (ContainerSetupException refused) {
      assertThat(refused).hasMessageContaining("EACCES");
    }
  }

  // CVE-2019-5736
  @ParameterizedTest
  @EnumSource
  void t04_a_program_that_is_the_stub_itself_just_ends_or_is_refused(Privilege privilege)
      throws Exception {
    for (String[] command :
        List.of(
            new String[] {"itself"},
            new String[] {"itself", "0"},
            new String[] {"itself", "3"},
            new String[] {"script"},
            new String[] {"/proc/self/exe"})) {
      if (privilege == Privilege.USER_NAMESPACE) {
        assertThat(Containers.refusal(container(privilege, command))).contains("EACCES");
        continue;
      }
      Result result = container(privilege, command).run();
      assertThat(result.exitValue()).as(String.join(" ", command)).isEqualTo(1);
      assertThat(result.output()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void t04_the_stub_is_sealed_memory(Privilege privilege) throws Exception {
    Fd kept;
    try (Container created = container(privilege, "true").create()) {
      assertThat(Files.readSymbolicLink(exe(created))).hasToString("/memfd:berth (deleted)");
      kept = Directories.open(exe(created).toString(), Directories.O_PATH, 0);
      try (Fd stub = Directories.open(exe(created).toString(), Directories.O_RDONLY, 0)) {
        assertThat(Descriptors.fcntl(stub, Memfd.F_GET_SEALS, 0) & SEALS).isEqualTo(SEALS);
      }
    }
    // While it was executed, that alone kept it from being written to.
    try (kept;
        Fd writable = Directories.open("/proc/self/fd/" + kept, Directories.O_RDWR, 0)) {
      assertThat(Descriptors.fcntl(writable, Memfd.F_GET_SEALS, 0) & SEALS).isEqualTo(SEALS);
    }
  }

  /** Which root of a container could do that may trace what joins it. */
  @Test
  void t04_a_stub_that_was_touched_is_not_used_again() throws Exception {
    try (Container touched = container(Privilege.ROOT, "true").create()) {
      Files.setAttribute(exe(touched), "unix:mode", 04500);
      try (Container next = container(Privilege.ROOT, "true").create()) {
        assertThat(Files.getAttribute(exe(next), "unix:ino"))
            .isNotEqualTo(Files.getAttribute(exe(touched), "unix:ino"));
        assertThat((int) Files.getAttribute(exe(next), "unix:mode") & 07777).isEqualTo(0500);
      }
    }
  }

  /** Seals do not keep the content on a kernel where page caches can be written to. */
  @ParameterizedTest
  @EnumSource
  void t48_no_two_processes_are_made_of_the_same_memfd(Privilege privilege) throws Exception {
    try (Container one = container(privilege, "true").create();
        Container other = container(privilege, "true").create()) {
      assertThat(Files.getAttribute(exe(one), "unix:ino"))
          .isNotEqualTo(Files.getAttribute(exe(other), "unix:ino"));
      assertThat(hash(exe(one))).isEqualTo(hash(stub())).isEqualTo(hash(exe(other)));
    }
  }

  /**
   * Whoever could open it for reading could write to its page cache there. The attacker sees the
   * waiting container, since it is in its PID namespace, and in its user namespace if it has one.
   */
  @ParameterizedTest
  @EnumSource
  void t48_a_container_cannot_open_the_stub_of_one_that_waits(Privilege privilege)
      throws Exception {
    String attack =
        "for f in /proc/[0-9]*/exe; do cat $f >/dev/null 2>&1 && readlink $f; done; true";
    try (Container waiting = container(privilege, "true").create()) {
      String result =
          container(privilege, "sh", "-c", attack)
              .edit(spec -> joining(waiting, privilege, spec))
              .run()
              .orThrow()
              .output();
      assertThat(result.lines()).isNotEmpty().allMatch("/bin/busybox"::equals);
    }
  }

  private static Spec joining(Container waiting, Privilege privilege, Spec spec) {
    Path namespaces = exe(waiting).resolveSibling("ns");
    List<Namespace> joined = new ArrayList<>();
    for (Namespace each : spec.linux().namespaces()) {
      joined.add(
          switch (each.type()) {
            case PID -> new Namespace(each.type(), namespaces.resolve("pid").toString());
            case USER -> new Namespace(each.type(), namespaces.resolve("user").toString());
            default -> each;
          });
    }
    Spec in = spec.withLinux(spec.linux().withNamespaces(joined));
    // In a user namespace whose owner it is not, CAP_SYS_PTRACE is not enough.
    return privilege == Privilege.ROOT
        ? in
        : powerful(in.withLinux(in.linux().withMappings(List.of(), List.of())));
  }

  @Test
  void t05_where_memory_cannot_be_executed_no_file_is_instead() throws Exception {
    Path bundle = containers.bundle(containers.container("echo", "runs"));
    assertThat(ContainerJvm.withMemfdNoexec(1).run(containers.runtime().root(), bundle))
        .isEqualTo("runs");
    assertThat(ContainerJvm.withMemfdNoexec(2).run(containers.runtime().root(), bundle))
        .isEqualTo(
            "memfd_create(\"berth-spawn\"): EACCES (Permission denied); vm.memfd_noexec is 2,"
                + " and the stub needs memory that it can be executed from; set it to 0 or 1");
  }

  @ParameterizedTest
  @EnumSource
  void t06_nothing_of_the_root_is_loaded_into_the_stub(Privilege privilege) throws Exception {
    for (String loader : List.of("lib64/ld-linux-x86-64.so.2", "lib/ld-linux-aarch64.so.1")) {
      Files.createDirectories(root.resolve(loader).getParent());
      Files.copy(root.resolve("bin/busybox"), root.resolve(loader));
    }
    Files.copy(root.resolve("bin/busybox"), root.resolve("evil.so"));
    ContainerBuilder builder =
        container(privilege, "env")
            .environment("LD_PRELOAD", "/evil.so")
            .environment("LD_LIBRARY_PATH", "/lib64");
    try (Container created = builder.create()) {
      Path proc = exe(created).getParent();
      assertThat(Files.readString(proc.resolve("environ"))).isEmpty();
      assertThat(Files.readAllLines(proc.resolve("maps")))
          .map(line -> line.split(" +", 6))
          .map(fields -> fields.length < 6 ? "" : fields[5].replaceAll("\\[.*]", ""))
          .contains("/memfd:berth (deleted)")
          .containsOnly("", "/memfd:berth (deleted)", "/memfd:berth-program (deleted)");
      created.start();
      assertThat(created.process().inputReader().lines()).contains("LD_PRELOAD=/evil.so");
      created.process().waitFor();
    }
  }

  // CVE-2022-0847: what shares the page cache of a file of the host could change it.
  @ParameterizedTest
  @EnumSource
  void t26_the_stub_is_on_no_file_system_of_the_host(Privilege privilege) throws Exception {
    try (Container created = container(privilege, "true").create()) {
      long device = ((Number) Files.getAttribute(exe(created), "unix:dev")).longValue();
      String number = "%d:%d".formatted(device >> 8 & 0xfff, device & 0xff | device >> 12 & ~0xff);
      assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo")))
          .extracting(line -> line.split(" ")[2])
          .isNotEmpty()
          .doesNotContain(number);
    }
  }

  private ContainerBuilder container(Privilege privilege, String... command) {
    return privilege.given(containers.container(command).rootfs(root));
  }

  private static Spec powerful(Spec spec) {
    List<String> all =
        List.of(
            "CAP_SYS_PTRACE",
            "CAP_SYS_ADMIN",
            "CAP_DAC_OVERRIDE",
            "CAP_FOWNER",
            "CAP_FSETID",
            "CAP_CHOWN",
            "CAP_SETFCAP");
    Capabilities capabilities = new Capabilities(all, all, List.of(), all, List.of());
    return spec.withProcess(spec.process().withCapabilities(capabilities));
  }

  private static Path exe(Container container) {
    return Path.of("/proc", Long.toString(container.process().pid()), "exe");
  }

  private static Path stub() {
    return Path.of("target/classes/META-INF/native/linux", System.getProperty("os.arch"), "stub");
  }

  /** What of the runtime is a file of the host. */
  private static Map<Path, String> binaries() throws Exception {
    Path home = Path.of(System.getProperty("java.home"));
    Map<Path, String> hashes = new TreeMap<>();
    for (Path file :
        List.of(
            ChildJvm.java(),
            home.resolve("lib/server/libjvm.so"),
            stub(),
            stub().resolveSibling("spawn"))) {
      hashes.put(file, hash(file));
    }
    return hashes;
  }

  private static String hash(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
