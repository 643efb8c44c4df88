package dev.berth.core.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a program of classic BPF, as the kernel does with a filter of seccomp(2). */
final class BpfMachine {
  private static final int DATA_SIZE = 64;

  private BpfMachine() {}

  /**
   * A {@code struct seccomp_data}.
   *
   * @param order of the architecture that makes the call
   */
  static ByteBuffer call(int audit, ByteOrder order, long number, long... arguments) {
    ByteBuffer data = ByteBuffer.allocate(DATA_SIZE).order(order);
    data.putInt((int) number).putInt(audit).putLong(0x7fff_1234_5678L);
    for (long argument : arguments) {
      data.putLong(argument);
    }
    return data;
  }

  /** What the filter returns. */
  static int run(long[] program, ByteBuffer data) {
    int accumulator = 0;
    int[] memory = new int[16];
    for (int at = 0; ; at++) {
      long instruction = program[at];
      int constant = (int) (instruction >>> 32);
      int skipIfTrue = (int) (instruction >>> 16) & 0xff;
      int skipIfFalse = (int) (instruction >>> 24) & 0xff;
      int code = (int) instruction & 0xffff;
      switch (code) {
        case 0x20 -> accumulator = data.getInt(constant);
        case 0x60 -> accumulator = memory[constant];
        case 0x02 -> memory[constant] = accumulator;
        case 0x54 -> accumulator &= constant;
        case 0x05 -> at = Math.addExact(at, constant);
        case 0x15 -> at += accumulator == constant ? skipIfTrue : skipIfFalse;
        case 0x25 ->
            at += Integer.compareUnsigned(accumulator, constant) > 0 ? skipIfTrue : skipIfFalse;
        case 0x35 ->
            at += Integer.compareUnsigned(accumulator, constant) >= 0 ? skipIfTrue : skipIfFalse;
        case 0x06 -> {
          return constant;
        }
        default -> throw new AssertionError("instruction 0x%02x at %d".formatted(code, at));
      }
    }
  }
}
