package dev.berth.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Measures several subjects together: one round of each, then the next. Whatever the machine does
 * meanwhile hits all alike.
 */
final class Race {
  /** The same order in every run. */
  private static final long SEED = 1;

  private final List<Subject> subjects;
  private final int rounds;

  Race(List<Subject> subjects, int rounds) {
    this.subjects = List.copyOf(subjects);
    this.rounds = rounds;
  }

  /**
   * Runs it.
   *
   * @throws InterruptedException between two rounds, if this thread is interrupted
   */
  Map<Subject, Series> run() throws IOException, InterruptedException {
    for (Subject subject : subjects) {
      for (int i = 0; i < subject.warmup(); i++) {
        measure(subject);
      }
    }
    Map<Subject, long[]> taken = new LinkedHashMap<>();
    subjects.forEach(each -> taken.put(each, new long[Math.ceilDiv(rounds, each.share())]));
    // A round leaves the caches, and the kernel's deferred work, to the one that follows. In a
    // fixed
    // order it would always be the same one that pays for a JVM's start, say.
    List<Subject> order = new ArrayList<>(subjects);
    Random random = new Random(SEED);
    for (int round = 0; round < rounds; round++) {
      Collections.shuffle(order, random);
      for (Subject subject : order) {
        if (round % subject.share() == 0) {
          taken.get(subject)[round / subject.share()] = measure(subject);
        }
      }
    }
    Map<Subject, Series> series = new LinkedHashMap<>();
    taken.forEach((subject, nanoseconds) -> series.put(subject, new Series(nanoseconds)));
    return series;
  }

  private static long measure(Subject subject) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return subject.round();
  }
}
