package dev.berth.core.cgroup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs as much of BPF as {@link DeviceProgram} uses, as RFC 9669 has it. */
final class BpfInterpreter {

  private BpfInterpreter() {}

  /**
   * What the program returns.
   *
   * @param context the words that register 1 points to
   */
  static long run(byte[] program, int... context) {
    ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    long[] registers = new long[11];
    while (true) {
      int opcode = code.get() & 0xff;
      int operands = code.get();
      int target = operands & 0xf;
      int source = operands >> 4 & 0xf;
      int offset = code.getShort();
      int constant = code.getInt();
      int value = (int) registers[target];
      switch (opcode) {
        case 0x61 -> registers[target] = context[offset / Integer.BYTES] & 0xffff_ffffL;
        case 0xbc -> registers[target] = registers[source] & 0xffff_ffffL;
        case 0xb4 -> registers[target] = constant & 0xffff_ffffL;
        case 0x54 -> registers[target] = (value & constant) & 0xffff_ffffL;
        case 0xa4 -> registers[target] = (value ^ constant) & 0xffff_ffffL;
        case 0x74 -> registers[target] = (value >>> constant) & 0xffff_ffffL;
        case 0x16 -> skip(code, value == constant ? offset : 0);
        case 0x56 -> skip(code, value != constant ? offset : 0);
        case 0x95 -> {
          return registers[0];
        }
        default -> throw new AssertionError("opcode 0x%x".formatted(opcode));
      }
    }
  }

  private static void skip(ByteBuffer code, int instructions) {
    code.position(code.position() + instructions * 8);
  }
}
