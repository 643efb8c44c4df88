package dev.berth.core.spec;

import java.math.BigInteger;

/** Which integers a property takes: a type of the specification such as {@code uint32}. */
record IntegerRange(BigInteger least, BigInteger greatest) {
  static final IntegerRange SIGNED_64 = signed(64);
  static final IntegerRange SIGNED_32 = signed(32);

  private static IntegerRange signed(int bits) {
    BigInteger half = BigInteger.TWO.pow(bits - 1);
    return new IntegerRange(half.negate(), half.subtract(BigInteger.ONE));
  }

  static IntegerRange unsigned(int bits) {
    return new IntegerRange(BigInteger.ZERO, BigInteger.TWO.pow(bits).subtract(BigInteger.ONE));
  }

  boolean contains(BigInteger value) {
    return value.compareTo(least) >= 0 && value.compareTo(greatest) <= 0;
  }

  /** Whether the type is {@code uint64}, which a {@code long} holds in its bits. */
  boolean exceedsLong() {
    return greatest.bitLength() == Long.SIZE;
  }

  /** The value that {@code bits} of a {@code long} stand for. */
  BigInteger value(long bits) {
    return exceedsLong() ? new BigInteger(Long.toUnsignedString(bits)) : BigInteger.valueOf(bits);
  }

  String refusal(BigInteger value) {
    return "%s is not within %s to %s".formatted(value, least, greatest);
  }
}
