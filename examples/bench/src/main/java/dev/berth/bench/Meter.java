package dev.berth.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A subject outside this JVM, measured by a process of {@code meter.c} that waits for its requests:
 * how this JVM starts processes is in none of its figures.
 */
final class Meter implements Subject {
  private static final int WARMUP = 5;
  private static final int ENDS_WITHIN_SECONDS = 30;

  private final Task task;
  private final String name;
  private final Process process;
  private final Path errors;
  private final DataInputStream answers;

  private Meter(Task task, String name, Process process, Path errors) {
    this.task = task;
    this.name = name;
    this.process = process;
    this.errors = errors;
    this.answers = new DataInputStream(process.getInputStream());
  }

  /**
   * Starts the process.
   *
   * @param command of the meter, behind whatever shall start it
   */
  static Meter start(Task task, String name, List<String> command) throws IOException {
    Path errors = Files.createTempFile("berth-bench", ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    return new Meter(task, name, process, errors);
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int warmup() {
    return WARMUP;
  }

  @Override
  public int share() {
    return task == Task.FIRST_CONTAINER ? 20 : 1;
  }

  @Override
  public long round() throws IOException {
    byte[] nanoseconds = new byte[Long.BYTES];
    try {
      process.getOutputStream().write('r');
      process.getOutputStream().flush();
      answers.readFully(nanoseconds);
    } catch (IOException e) {
      throw new IOException("%s: %s".formatted(name, reason()), e);
    }
    return ByteBuffer.wrap(nanoseconds).order(ByteOrder.nativeOrder()).getLong();
  }

  /** Standard error, shortened to one line: the program's own words, then the meter's. */
  private String reason() throws IOException {
    String text = Files.readString(errors).strip().replaceAll("\\s*\\R\\s*", "; ");
    return text.isEmpty() ? "ended without a word" : text;
  }

  @Override
  public void close() throws IOException {
    try {
      process.getOutputStream().close();
    } finally {
      process.onExit().completeOnTimeout(process, ENDS_WITHIN_SECONDS, TimeUnit.SECONDS).join();
      process.destroyForcibly();
      Files.delete(errors);
    }
  }
}
