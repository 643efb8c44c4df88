package dev.berth.linux.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A disk of this machine.
 *
 * @param name in {@code /sys/block}
 * @param numbers major and minor
 */
public record Disk(String name, String numbers) {
  private static final Path BLOCK = Path.of("/sys/block");
  private static final List<String> OTHERS = List.of("loop", "zram", "ram", "sr", "fd", "dm-");

  /** One that can be limited; without any, the test is skipped. */
  public static Disk any() {
    try (Stream<Path> disks = Files.list(BLOCK)) {
      Optional<String> first =
          disks
              .map(disk -> disk.getFileName().toString())
              .filter(name -> OTHERS.stream().noneMatch(name::startsWith))
              .sorted()
              .findFirst();
      assumeTrue(first.isPresent(), "needs a disk");
      return new Disk(first.get(), read(first.get(), "dev"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The schedulers that it could have, the one it has in brackets. */
  public String schedulers() {
    return read(name, "queue/scheduler");
  }

  /** An entry of a list in {@code linux.resources.blockIO}. */
  public String json(String property, long value) {
    String[] parts = numbers.split(":");
    return "{\"major\": %s, \"minor\": %s, \"%s\": %d}"
        .formatted(parts[0], parts[1], property, value);
  }

  @Override
  public String toString() {
    return numbers;
  }

  private static String read(String disk, String file) {
    try {
      return Files.readString(BLOCK.resolve(disk).resolve(file)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
