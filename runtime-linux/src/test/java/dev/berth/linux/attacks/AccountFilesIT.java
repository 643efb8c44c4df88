package dev.berth.linux.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Container;
import dev.berth.ContainerBuilder;
import dev.berth.Limits;
import dev.berth.Result;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.RunsContainers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code /etc/passwd} and {@code /etc/group} of an image are no files of accounts: what is made of
 * them takes little time and memory, and nothing of the host.
 */
@RunsContainers
@Timeout(60)
class AccountFilesIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Limits LITTLE = Limits.NONE.memory(16 << 20).swap(0);

  @RegisterExtension static final Containers containers = new Containers();

  /** What such a file is instead. */
  enum Kind {
    FIFO {
      @Override
      void make(Path file) throws Exception {
        run("mkfifo", file.toString());
      }
    },
    DEVICE {
      @Override
      void make(Path file) throws Exception {
        run("mknod", file.toString(), "c", "1", "5");
      }
    },
    SPARSE {
      @Override
      void make(Path file) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
          sparse.setLength(2L << 30);
        }
      }
    },
    ENDLESS_LINE {
      @Override
      void make(Path file) throws Exception {
        run("sh", "-c", "head -c 64M /dev/zero | tr '\\0' : > " + file);
        Files.writeString(file, Files.readString(file) + "\nroot:x:0:0::/late:\n");
      }
    },
    DIRECTORY {
      @Override
      void make(Path file) throws IOException {
        Files.createDirectory(file);
      }
    },
    LINK_TO_ITSELF {
      @Override
      void make(Path file) throws IOException {
        Files.createSymbolicLink(file, file.getFileName());
      }
    },
    LINK_OUT_OF_THE_ROOT {
      @Override
      void make(Path file) throws IOException {
        Path secret = containers.directory().resolve(Containers.newId());
        Files.writeString(secret, "root:x:0:0::/of/the/host:\n");
        Files.createSymbolicLink(file, Path.of("../../../../../../../../../" + secret));
      }
    },
    LINK_TO_A_DESCRIPTOR {
      @Override
      void make(Path file) throws IOException {
        Files.createSymbolicLink(file, Path.of("/proc/self/fd/0"));
      }
    };

    abstract void make(Path file) throws Exception;

    private static void run(String... command) throws Exception {
      assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void t45_passwd_and_group_that_are_no_such_files_say_nothing(Kind kind) throws Exception {
    assertThat(with(kind).run(LIMIT).orThrow().output()).isEqualTo("/\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000})
  void t45_nor_to_a_process_that_joins(int uid) throws Exception {
    for (Kind kind : Kind.values()) {
      try (Container container = with(kind).command("sleep", "1000").start()) {
        Result joined = container.exec("sh", "-c", "echo $HOME").user(uid, uid).run();
        assertThat(joined.orThrow().output()).as("%s", kind).isEqualTo("/\n");
      }
    }
  }

  /** No program here may look into the files itself: busybox's id waits for the FIFO's writer. */
  private static ContainerBuilder with(Kind kind) throws Exception {
    Path root = containers.newRoot();
    for (String name : new String[] {"passwd", "group"}) {
      Path file = root.resolve("etc").resolve(name);
      Files.delete(file);
      kind.make(file);
    }
    return containers.shell("echo $HOME").rootfs(root).limits(LITTLE);
  }
}
