package dev.berth.core.cgroup;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * One instruction of a BPF program, a {@code struct bpf_insn}, with arithmetic of 32 bits (RFC
 * 9669).
 *
 * @param offset in memory for {@link Operation#LOAD}; for a jump, how many instructions it skips
 */
record BpfInstruction(
    Operation operation, Register target, Register source, int offset, int constant) {

  /** In bytes. */
  static final int SIZE = 8;

  /** What it does: the opcode, and how it is printed. */
  enum Operation {
    LOAD(0x61, "%1$s = *(u32 *)(%2$s + %3$s)"),
    COPY(0xbc, "%1$s = %2$s"),
    SET(0xb4, "%1$s = %4$s"),
    AND(0x54, "%1$s &= 0x%4$x"),
    XOR(0xa4, "%1$s ^= %4$s"),
    SHIFT_RIGHT(0x74, "%1$s >>= %4$s"),
    SKIP_IF_ZERO(0x16, "if %1$s == 0 goto %5$s"),
    SKIP_UNLESS_ZERO(0x56, "if %1$s != 0 goto %5$s"),
    EXIT(0x95, "return %1$s");

    private final int code;
    private final String format;

    Operation(int code, String format) {
      this.code = code;
      this.format = format;
    }
  }

  /** The registers, by what a program about devices keeps in them. */
  enum Register {
    RESULT(0),
    CONTEXT(1),
    TYPE(2),
    ACCESS(3),
    MAJOR(4),
    MINOR(5);

    private final int number;

    Register(int number) {
      this.number = number;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static BpfInstruction load(Register target, int offset) {
    return new BpfInstruction(Operation.LOAD, target, Register.CONTEXT, offset, 0);
  }

  static BpfInstruction copy(Register target, Register source) {
    return new BpfInstruction(Operation.COPY, target, source, 0, 0);
  }

  static BpfInstruction of(Operation operation, Register target, int constant) {
    return new BpfInstruction(operation, target, Register.RESULT, 0, constant);
  }

  static BpfInstruction exit() {
    return of(Operation.EXIT, Register.RESULT, 0);
  }

  boolean isJump() {
    return operation == Operation.SKIP_IF_ZERO || operation == Operation.SKIP_UNLESS_ZERO;
  }

  /** The same jump over so many instructions. */
  BpfInstruction skipping(int count) {
    return new BpfInstruction(operation, target, source, count, constant);
  }

  /** Writes it for a little-endian machine, which has the two registers in this order. */
  void write(ByteBuffer program) {
    program
        .put((byte) operation.code)
        .put((byte) (source.number << 4 | target.number))
        .putShort((short) offset)
        .putInt(constant);
  }

  /**
   * The instruction in words.
   *
   * @param index of it in the program, as the targets of jumps are printed
   */
  String describe(int index) {
    return operation.format.formatted(target, source, offset, constant, index + 1 + offset);
  }
}
