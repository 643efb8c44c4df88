package dev.berth.cli;

import static java.nio.file.StandardOpenOption.CREATE_NEW;

import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.spec.SpecWriter;
import dev.berth.core.text.HostPath;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(description = "Write a config.json to start from.")
final class SpecCommand implements Verb {
  private static final String FILE = "config.json";

  @Option(
      names = {"-b", "--bundle"},
      paramLabel = "DIR",
      description = "Where to write it (default: the current directory).")
  private Path bundle = Path.of("");

  @Option(
      names = "--rootless",
      description = "For this user without privilege: one id, the host's network, no limits.")
  private boolean rootless;

  @Override
  public int run() throws IOException {
    CgroupLayout cgroups = CgroupLayout.ofThisProcess();
    Spec spec =
        rootless
            ? SpecDefaults.rootless(owner("unix:uid"), owner("unix:gid"), cgroups)
            : SpecDefaults.spec(cgroups);
    Path file = HostPath.resolved(bundle).resolve(FILE);
    try {
      Files.writeString(file, SpecWriter.write(spec), CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("file %s exists. Remove it first".formatted(FILE), e);
    } catch (IOException e) {
      throw new IOException("file \"%s\": %s".formatted(file, Reason.of(e)), e);
    }
    return 0;
  }

  /** Of this process, which owns its own entry in /proc. */
  private static long owner(String attribute) throws IOException {
    return Integer.toUnsignedLong((int) Files.getAttribute(Path.of("/proc/self"), attribute));
  }
}
