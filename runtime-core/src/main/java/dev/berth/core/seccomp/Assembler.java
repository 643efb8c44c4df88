package dev.berth.core.seccomp;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts a program of classic BPF together, from its last instruction to its first: jumps only lead
 * forward, so that where one leads to is there before it.
 *
 * <p>A place in the program is counted from its end, and so stays what it is while the program
 * grows.
 */
final class Assembler {
  private static final int BPF_LD_W_ABS = 0x20;
  private static final int BPF_ALU_AND_K = 0x54;
  private static final int BPF_JMP_JA = 0x05;
  private static final int BPF_RET_K = 0x06;

  /** How many instructions a conditional jump can skip. */
  private static final int MAX_SKIP = 255;

  /** With the least significant bits first: code, jt, jf, k of {@code struct sock_filter}. */
  private long[] words = new long[512];

  private int size;
  private final Map<Integer, Integer> returns = new HashMap<>();

  /** The tests of conditional jumps. */
  enum Test {
    JEQ(0x15),
    JGT(0x25),
    JGE(0x35);

    private final int code;

    Test(int code) {
      this.code = code;
    }
  }

  /** Returns {@code verdict}. */
  int ret(int verdict) {
    Integer known = returns.get(verdict);
    // A jump that is too long would take an instruction more, and so does another return.
    if (known != null && size - known < MAX_SKIP) {
      return known;
    }
    int place = add(BPF_RET_K, 0, 0, verdict);
    returns.put(verdict, place);
    return place;
  }

  /** Loads the 32 bits at {@code offset} of {@code struct seccomp_data}. */
  int load(int offset, int next) {
    fallThroughTo(next);
    return add(BPF_LD_W_ABS, 0, 0, offset);
  }

  /** Keeps of what is loaded the bits of {@code mask}. */
  int and(int mask, int next) {
    fallThroughTo(next);
    return add(BPF_ALU_AND_K, 0, 0, mask);
  }

  /** Compares what is loaded with {@code value}, unsigned. */
  int test(Test test, int value, int ifTrue, int ifFalse) {
    // Where one of the two needs a long jump, that may move the other one out of reach.
    int onTrue = size - ifTrue >= MAX_SKIP ? jump(ifTrue) : ifTrue;
    int onFalse = size - ifFalse > MAX_SKIP ? jump(ifFalse) : ifFalse;
    return add(test.code, size - onTrue, size - onFalse, value);
  }

  private void fallThroughTo(int next) {
    if (next != size) {
      jump(next);
    }
  }

  private int jump(int place) {
    return add(BPF_JMP_JA, 0, 0, size - place);
  }

  private int add(int code, int skipIfTrue, int skipIfFalse, int constant) {
    if (size == words.length) {
      words = Arrays.copyOf(words, 2 * size);
    }
    words[size++] = code | skipIfTrue << 16 | (long) skipIfFalse << 24 | (long) constant << 32;
    return size;
  }

  /** The program, which begins with what was added last. */
  Filter finish() {
    long[] program = new long[size];
    for (int i = 0; i < size; i++) {
      program[i] = words[size - 1 - i];
    }
    return new Filter(program);
  }
}
