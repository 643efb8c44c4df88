package dev.berth.bench;

import java.io.IOException;

/** Something whose rounds are measured. Closing it takes away what it needed for them. */
interface Subject extends AutoCloseable {
  String FLOOR = "floor";
  String BERTH = "berth";

  /** What a round does. */
  enum Task {
    CONTAINER("create, start, wait, delete"),
    EXEC("exec, wait"),
    AMONG_OTHERS("create, start, wait, delete, while other containers wait for their start"),
    FIRST_CONTAINER("first container of a new JVM, with the JVM's start and end");

    final String description;

    Task(String description) {
      this.description = description;
    }
  }

  Task task();

  /** Whose way it is to do the task; as {@code --only} has it. */
  String name();

  /** How many rounds it takes until one is like the next. */
  int warmup();

  /** Rounds to be measured for each of the subjects' rounds; fewer for what takes very long. */
  default int share() {
    return 1;
  }

  /**
   * Does one round.
   *
   * @return nanoseconds that it took
   */
  long round() throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
