package dev.berth.linux;

import static dev.berth.linux.testing.Containers.output;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.Bundle;
import dev.berth.Container;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.ProcStatus;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A bundle that umoci unpacked from an OCI image, as umoci wrote it but for the terminal. */
@RunsContainers
class UmociBundleIT {
  private static final Path UMOCI = Path.of("/usr/bin/umoci");

  @RegisterExtension static final Containers containers = new Containers();

  private static Path bundle;

  @BeforeAll
  static void unpack() throws IOException {
    assumeTrue(Files.isExecutable(UMOCI), "needs umoci (Debian: umoci)");
    String layout = containers.directory().resolve("layout").toString();
    String image = layout + ":box";
    bundle = containers.directory().resolve("bundle");
    umoci("init", "--layout", layout);
    umoci("new", "--image", image);
    umoci("insert", "--image", image, containers.root().toString(), "/");
    umoci(
        "config",
        "--image=" + image,
        "--config.cmd=sh",
        "--config.cmd=-c",
        "--config.cmd=echo $GREETING from $PWD; cat /proc/self/status",
        "--config.env=GREETING=hello",
        "--config.workingdir=/work",
        "--config.user=0:7",
        "--config.label=org.example.kind=job");
    umoci("unpack", "--image", image, bundle.toString());
    Path config = bundle.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"terminal\": true", "\"terminal\": false"));
  }

  private static void umoci(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(UMOCI.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.onExit().join().exitValue()).as(output).isZero();
  }

  @Test
  void runs_as_the_image_says() throws Exception {
    String output =
        output(containers.runtime().container(Containers.newId()).bundle(Bundle.open(bundle)));
    assertThat(output).startsWith("hello from /work\n");
    ProcStatus status = ProcStatus.parse(output.substring(output.indexOf('\n') + 1));
    assertThat(status.field("Gid")).isEqualTo("7\t7\t7\t7");
    assertThat(status.field("NoNewPrivs")).isEqualTo("1");
    // umoci asks for CAP_AUDIT_WRITE, CAP_KILL and CAP_NET_BIND_SERVICE in all five sets.
    assertThat(List.of("CapBnd", "CapPrm", "CapEff", "CapInh", "CapAmb"))
        .allSatisfy(set -> assertThat(status.bits(set)).isEqualTo(0x2000_0420));
  }

  @Test
  void has_the_annotations_and_the_root_of_the_image() throws Exception {
    try (Container created =
        containers.runtime().container(Containers.newId()).bundle(bundle).create()) {
      assertThat(created.spec().annotations()).containsEntry("org.example.kind", "job");
      assertThat(created.state().bundle()).isEqualTo(bundle);
      assertThat(Bundle.open(bundle).root()).isEqualTo(bundle.resolve("rootfs"));
    }
  }

  @Test
  void may_write_to_its_root_file_system() throws Exception {
    output(
        containers
            .runtime()
            .container(Containers.newId())
            .bundle(bundle)
            .command("touch", "/work/made"));
    assertThat(bundle.resolve("rootfs/work/made")).isEmptyFile();
  }
}
