package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A shell in a terminal of 100 columns and 30 rows, as a user has it in a window: tmux is the
 * window. In its directory, that of the bundle, {@code ./berth} is the command.
 */
final class Tmux implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path socket;

  Tmux(Installation berth) throws IOException, InterruptedException {
    socket = berth.file("tmux");
    Path command = berth.bundle().resolve("berth");
    String words =
        berth.command().stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    Files.writeString(command, "#!/bin/sh\nexec " + words + " \"$@\"\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    tmux(
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-x",
        "100",
        "-y",
        "30",
        "-c",
        berth.bundle().toString(),
        "env",
        "-u",
        "ENV",
        "PS1=host$ ",
        "sh");
    try {
      await("host$");
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  static boolean isAvailable() {
    try {
      return new ProcessBuilder("tmux", "-V").start().waitFor() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Types a line. */
  void line(String text) throws IOException, InterruptedException {
    tmux("send-keys", "-l", text);
    key("Enter");
  }

  /** Presses a key, by tmux's name for it: {@code C-c}, {@code Escape}. */
  void key(String name) throws IOException, InterruptedException {
    tmux("send-keys", name);
  }

  void resize(int columns, int rows) throws IOException, InterruptedException {
    tmux("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows));
  }

  /** What can be seen, without empty lines and spaces at the end of lines. */
  String screen() throws IOException, InterruptedException {
    return tmux("capture-pane", "-p", "-S", "-")
        .replaceAll("(?m)[ \\t]+$", "")
        .replaceAll("\n+", "\n");
  }

  /** Waits until there is a line that begins with {@code text} and was not typed. */
  void await(String text) throws IOException, InterruptedException {
    String screen = screen();
    for (Instant end = Instant.now().plus(PATIENCE); !("\n" + screen).contains("\n" + text); ) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("no line begins with \"%s\" in:\n%s".formatted(text, screen));
      }
      Thread.sleep(50);
      screen = screen();
    }
  }

  private String tmux(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tmux", "-S", socket.toString()));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Override
  public void close() throws IOException {
    try {
      tmux("kill-server");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    Files.deleteIfExists(socket);
  }
}
