package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import dev.berth.spec.Rlimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code process.rlimits}: each kind, from inside and from outside. */
@RunsContainers
class RlimitsIT {
  @RegisterExtension static final Containers containers = new Containers();

  @ParameterizedTest
  @CsvSource({
    "RLIMIT_CPU, Max cpu time",
    "RLIMIT_FSIZE, Max file size",
    "RLIMIT_DATA, Max data size",
    "RLIMIT_STACK, Max stack size",
    "RLIMIT_CORE, Max core file size",
    "RLIMIT_RSS, Max resident set",
    "RLIMIT_NPROC, Max processes",
    "RLIMIT_NOFILE, Max open files",
    "RLIMIT_MEMLOCK, Max locked memory",
    "RLIMIT_AS, Max address space",
    "RLIMIT_LOCKS, Max file locks",
    "RLIMIT_SIGPENDING, Max pending signals",
    "RLIMIT_MSGQUEUE, Max msgqueue size",
    "RLIMIT_NICE, Max nice priority",
    "RLIMIT_RTPRIO, Max realtime priority",
    "RLIMIT_RTTIME, Max realtime timeout",
  })
  void has_every_limit(Rlimit.Type type, String name) throws Exception {
    Rlimit limit =
        switch (type) {
          // More than the runtime has takes CAP_SYS_RESOURCE.
          case RLIMIT_NICE, RLIMIT_RTPRIO -> new Rlimit(type, 0, 0);
          case RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE -> new Rlimit(type, 64 << 10, 32 << 10);
          case RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_SIGPENDING -> new Rlimit(type, 77, 66);
          default -> new Rlimit(type, 1L << 40, 1 << 30);
        };
    String line = "%s +%d +%d +.*".formatted(name, limit.soft(), limit.hard());
    try (Container running =
        containers
            .container("sleep", "1000")
            .edit(spec -> spec.withProcess(spec.process().withRlimits(List.of(limit))))
            .start()) {
      assertThat(Files.readString(Path.of("/proc/" + running.process().pid() + "/limits")))
          .containsPattern(line);
      assertThat(running.exec("cat", "/proc/1/limits").run().orThrow().output())
          .containsPattern(line);
    }
  }
}
