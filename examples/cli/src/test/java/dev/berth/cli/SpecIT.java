package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code berth spec} beside {@code runc spec}, on the cgroups that this host has. */
class SpecIT {
  private static final String OCI_VERSION = "\"ociVersion\": \"[^\"]*\"";

  private static final String AMBIENT = ",\\s*\"ambient\": \\[[^]]*]";

  @RegisterExtension final Installation berth = new Installation();

  @Test
  void writes_what_runc_spec_writes() throws Exception {
    assertSame();
  }

  @Test
  void writes_what_runc_spec_rootless_writes() throws Exception {
    assertSame("--rootless");
  }

  private void assertSame(String... options) throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "runc"))),
        "needs runc");
    Path config = berth.bundle().resolve("config.json");
    Files.delete(config);
    assertThat(
            berth
                .shell("shift $(($# - %d)); runc spec \"$@\"".formatted(options.length), options)
                .err())
        .isEmpty();
    String expected = Files.readString(config);
    Files.delete(config);
    assertThat(
            berth
                .berth(Stream.concat(Stream.of("spec"), Stream.of(options)).toArray(String[]::new))
                .status())
        .isZero();

    assertThat(common(Files.readString(config))).isEqualTo(common(expected));
  }

  /** Runc 1.1 writes ambient capabilities, which have no effect without inheritable ones. */
  private static String common(String config) {
    return config.replaceFirst(OCI_VERSION, "").replaceFirst(AMBIENT, "");
  }
}
