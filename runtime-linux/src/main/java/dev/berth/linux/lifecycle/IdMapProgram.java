package dev.berth.linux.lifecycle;

import dev.berth.core.text.HostPath;
import dev.berth.linux.process.CollectedText;
import dev.berth.linux.process.OutputLimit;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.HostEnvironment;
import dev.berth.spec.IdMapping;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A program with the privilege to map the ids that its caller was granted. */
enum IdMapProgram {
  /** newuidmap(1). */
  UIDS("newuidmap", "/etc/subuid"),
  /** newgidmap(1). */
  GIDS("newgidmap", "/etc/subgid");

  private static final OutputLimit COMPLAINT = new OutputLimit(4096);

  private final String program;
  private final String grants;

  IdMapProgram(String program, String grants) {
    this.program = program;
    this.grants = grants;
  }

  /** Maps the ids of the user namespace that {@code pid} is in. */
  void run(long pid, List<IdMapping> mappings, Cancellation cancellation) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(HostPath.text(find()));
    command.add(Long.toString(pid));
    for (IdMapping mapping : mappings) {
      command.add(Long.toString(mapping.containerID()));
      command.add(Long.toString(mapping.hostID()));
      command.add(Long.toString(mapping.size()));
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Redirect.from(new File("/dev/null")))
            .start();
    String output;
    // It may ask a directory service for names, which may not answer.
    try (Cancellation.Phase _ = cancellation.killable(process::destroyForcibly)) {
      output = CollectedText.read(process.getInputStream(), COMPLAINT).text().strip();
    }
    int status = process.onExit().join().exitValue();
    cancellation.check();
    if (status != 0) {
      throw new IOException(
          "map ids: %s (exit status %s); %s says which ids a user may map besides the own"
              .formatted(output, status, grants));
    }
  }

  private Path find() throws IOException {
    String path = Objects.requireNonNullElse(HostEnvironment.get("PATH"), "/usr/bin:/bin");
    Optional<Path> found =
        Stream.of(path.split(":"))
            .filter(directory -> directory.startsWith("/"))
            .map(directory -> HostPath.of(directory + "/" + program))
            .filter(Files::isExecutable)
            .findFirst();
    return found.orElseThrow(() ->
        new IOException(
            "map ids: %s is not in $PATH, and without it a user can map only one id, which is the"
                    .formatted(program)
                + " user's own; install it (Debian: uidmap)"));
  }
}
