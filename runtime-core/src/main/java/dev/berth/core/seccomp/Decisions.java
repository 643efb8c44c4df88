package dev.berth.core.seccomp;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The decision for each of the 2<sup>32</sup> numbers that an architecture's system calls may have:
 * one for each run of numbers with the same.
 */
final class Decisions {
  private static final long END = 1L << Integer.SIZE;

  /** By the first number of the run. */
  private final TreeMap<Long, Decision> runs = new TreeMap<>();

  Decisions(Decision all) {
    runs.put(0L, all);
  }

  void put(long number, Decision decision) {
    put(number, number, decision);
  }

  /** Decides on all numbers from {@code first} to {@code last}. */
  void put(long first, long last, Decision decision) {
    Decision behind = at(last + 1);
    runs.subMap(first, true, last, true).clear();
    runs.put(first, decision);
    if (last + 1 < END) {
      runs.put(last + 1, behind);
    }
  }

  private Decision at(long number) {
    return Objects.requireNonNull(runs.floorEntry(number)).getValue();
  }

  /** The first number of each run, and its decision, which is not that of the run before. */
  NavigableMap<Long, Decision> runs() {
    NavigableMap<Long, Decision> distinct = new TreeMap<>();
    for (Map.Entry<Long, Decision> run : runs.entrySet()) {
      if (distinct.isEmpty() || !distinct.lastEntry().getValue().equals(run.getValue())) {
        distinct.put(run.getKey(), run.getValue());
      }
    }
    return distinct;
  }
}
