package dev.berth.core.cgroup;

import dev.berth.core.cgroup.BpfInstruction.Operation;
import dev.berth.core.cgroup.BpfInstruction.Register;
import dev.berth.spec.DeviceRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DeviceAllowList} as a BPF program of type {@code BPF_PROG_TYPE_CGROUP_DEVICE}, which
 * cgroup v2 has in place of files: the kernel runs it when a device is opened, or a node of one
 * made, and refuses where it returns 0.
 *
 * <p>The program goes through the exceptions from the last to the first, since the last one that
 * matches decides, for each letter of {@code rwm} on its own. Of the accesses asked for it drops
 * those that an exception allows; when none is left, the answer is yes, and when an exception
 * denies one that is left, no.
 */
public final class DeviceProgram {

  /** Places in {@code struct bpf_cgroup_dev_ctx}. */
  private static final int ACCESS_TYPE = 0;

  private static final int MAJOR = 4;
  private static final int MINOR = 8;

  private static final int BPF_DEVCG_DEV_BLOCK = 1;
  private static final int BPF_DEVCG_DEV_CHAR = 2;

  private static final int BPF_DEVCG_ACC_MKNOD = 1;
  private static final int BPF_DEVCG_ACC_READ = 2;
  private static final int BPF_DEVCG_ACC_WRITE = 4;

  private static final int ALL_ACCESS =
      BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE;

  private final List<BpfInstruction> instructions;

  private DeviceProgram(List<BpfInstruction> instructions) {
    this.instructions = List.copyOf(instructions);
  }

  /** Compiles the list. */
  public static DeviceProgram of(DeviceAllowList list) {
    List<BpfInstruction> program = new ArrayList<>();
    // access_type has the access in its upper half, and the type in the lower one.
    program.add(BpfInstruction.load(Register.TYPE, ACCESS_TYPE));
    program.add(BpfInstruction.copy(Register.ACCESS, Register.TYPE));
    program.add(BpfInstruction.of(Operation.AND, Register.TYPE, 0xffff));
    program.add(BpfInstruction.of(Operation.SHIFT_RIGHT, Register.ACCESS, 16));
    program.add(BpfInstruction.load(Register.MAJOR, MAJOR));
    program.add(BpfInstruction.load(Register.MINOR, MINOR));
    list.exceptions().reversed().forEach(rule -> program.addAll(compile(rule)));
    program.addAll(answer(list.allowByDefault()));
    return new DeviceProgram(program);
  }

  /** Every condition that does not hold leads behind the answer, to the rule before. */
  private static List<BpfInstruction> compile(DeviceRule rule) {
    List<BpfInstruction> block = new ArrayList<>();
    conditionOfDevice(rule, block);
    int access = access(rule);
    if (access != ALL_ACCESS) {
      conditionOfAccess(rule.allow(), access, block);
    }
    block.addAll(answer(rule.allow()));
    for (int i = 0; i < block.size(); i++) {
      if (block.get(i).isJump()) {
        block.set(i, block.get(i).skipping(block.size() - 1 - i));
      }
    }
    return block;
  }

  private static void conditionOfDevice(DeviceRule rule, List<BpfInstruction> block) {
    int type = rule.type() == DeviceRule.Type.B ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;
    condition(Register.TYPE, type, block);
    number(rule.major(), Register.MAJOR, block);
    number(rule.minor(), Register.MINOR, block);
  }

  private static void number(@Nullable Long number, Register register, List<BpfInstruction> block) {
    if (number != null && number >= 0) {
      condition(register, Math.toIntExact(number), block);
    }
  }

  /**
   * By way of a copy: the kernel's verifier, which follows both ways of a jump, would remember what
   * a comparison of the register itself has told it, and go through all that follows once more for
   * each number. Some 500 rules would be more than it is ready to look at.
   */
  private static void condition(Register register, int value, List<BpfInstruction> block) {
    block.add(BpfInstruction.copy(Register.RESULT, register));
    block.add(BpfInstruction.of(Operation.XOR, Register.RESULT, value));
    block.add(BpfInstruction.of(Operation.SKIP_UNLESS_ZERO, Register.RESULT, 0));
  }

  private static void conditionOfAccess(boolean allow, int access, List<BpfInstruction> block) {
    if (allow) {
      block.add(BpfInstruction.of(Operation.AND, Register.ACCESS, ~access));
      block.add(BpfInstruction.of(Operation.SKIP_UNLESS_ZERO, Register.ACCESS, 0));
    } else {
      block.add(BpfInstruction.copy(Register.RESULT, Register.ACCESS));
      block.add(BpfInstruction.of(Operation.AND, Register.RESULT, access));
      block.add(BpfInstruction.of(Operation.SKIP_IF_ZERO, Register.RESULT, 0));
    }
  }

  private static int access(DeviceRule rule) {
    return DeviceAllowList.access(rule)
        .chars()
        .map(letter ->
            switch (letter) {
              case 'r' -> BPF_DEVCG_ACC_READ;
              case 'w' -> BPF_DEVCG_ACC_WRITE;
              case 'm' -> BPF_DEVCG_ACC_MKNOD;
              default -> throw new IllegalArgumentException("device access '%c'".formatted(letter));
            })
        .reduce(0, (some, more) -> some | more);
  }

  private static List<BpfInstruction> answer(boolean allow) {
    return List.of(
        BpfInstruction.of(Operation.SET, Register.RESULT, allow ? 1 : 0), BpfInstruction.exit());
  }

  /** As {@code BPF_PROG_LOAD} takes it. */
  public byte[] bytes() {
    // Every architecture here is little-endian.
    ByteBuffer program =
        ByteBuffer.allocate(instructions.size() * BpfInstruction.SIZE)
            .order(ByteOrder.LITTLE_ENDIAN);
    instructions.forEach(instruction -> instruction.write(program));
    return program.array();
  }

  /** One instruction a line, after its index. */
  @Override
  public String toString() {
    return IntStream.range(0, instructions.size())
        .mapToObj(index -> "%3s: %s\n".formatted(index, instructions.get(index).describe(index)))
        .collect(Collectors.joining());
  }
}
