package dev.berth.core.seccomp;

import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Operator;
import java.util.Comparator;

/**
 * A comparison of an argument of a system call, without what its width does not have.
 *
 * @param index which argument, 0 to 5
 * @param mask what is compared of it; all of it, but for {@link Operator#SCMP_CMP_MASKED_EQ}
 * @param value what it is compared with, unsigned
 */
record Condition(int index, Operator operator, long mask, long value) {
  private static final long LOW_WORD = 0xffff_ffffL;

  private static final int EQUAL = 3;
  private static final int LESS = 2;
  private static final int GREATER = 1;

  /**
   * The order in which conditions are tried that may hold together and have different actions:
   * libseccomp's. The later argument comes first; equality before less, and that before greater;
   * and of two that are alike, what is less than less, or greater than greater.
   */
  static final Comparator<Condition> ORDER =
      Comparator.comparingInt(Condition::index)
          .thenComparingInt(Condition::precedence)
          .thenComparing(Condition::compareValue)
          .reversed();

  static Condition of(Seccomp.Arg arg, boolean wide) {
    boolean masked = arg.op() == Operator.SCMP_CMP_MASKED_EQ;
    long mask = masked ? arg.value() : -1;
    if (!wide) {
      mask &= LOW_WORD;
    }
    long value = !masked ? arg.value() : arg.valueTwo() == null ? 0 : arg.valueTwo();
    return new Condition((int) arg.index(), arg.op(), mask, value & mask);
  }

  static Condition equal(int index, long value, boolean wide) {
    return new Condition(index, Operator.SCMP_CMP_EQ, wide ? -1 : LOW_WORD, value);
  }

  /** Whether it holds for every argument. */
  boolean isAlways() {
    return mask == 0;
  }

  /** Of two with the same precedence. */
  private int compareValue(Condition other) {
    int comparison = Long.compareUnsigned(value, other.value);
    return precedence() == LESS ? -comparison : comparison;
  }

  private int precedence() {
    return switch (operator) {
      case SCMP_CMP_EQ, SCMP_CMP_NE, SCMP_CMP_MASKED_EQ -> EQUAL;
      case SCMP_CMP_LT, SCMP_CMP_LE -> LESS;
      case SCMP_CMP_GT, SCMP_CMP_GE -> GREATER;
    };
  }
}
