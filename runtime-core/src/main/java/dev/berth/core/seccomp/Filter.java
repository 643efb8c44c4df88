package dev.berth.core.seccomp;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** A program of classic BPF for seccomp(2). */
public final class Filter {
  /** {@code BPF_MAXINSNS}. */
  static final int MAX_INSTRUCTIONS = 4096;

  private final long[] instructions;

  Filter(long[] instructions) {
    this.instructions = instructions;
  }

  /** How many instructions it has. */
  public int size() {
    return instructions.length;
  }

  /**
   * The instructions, each of them a {@code struct sock_filter} as a little-endian machine has it
   * in memory; every machine that Berth runs on is one.
   */
  public LongStream instructions() {
    return Arrays.stream(instructions);
  }

  /** {@link #instructions()} as a list. */
  public List<Long> toList() {
    return instructions().boxed().toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Filter filter && Arrays.equals(instructions, filter.instructions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(instructions);
  }

  @Override
  public String toString() {
    return "filter of %s instructions, %08x".formatted(size(), hashCode());
  }
}
