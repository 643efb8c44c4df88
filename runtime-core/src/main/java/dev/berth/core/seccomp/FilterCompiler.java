package dev.berth.core.seccomp;

import dev.berth.core.seccomp.Assembler.Test;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Turns decisions into instructions: a search for the number by halves, and what is found there.
 */
final class FilterCompiler {
  /** Places in {@code struct seccomp_data}. */
  private static final int NUMBER = 0;

  private static final int ARCH = 4;
  private static final int ARGUMENTS = 16;

  private final Assembler program = new Assembler();

  private FilterCompiler() {}

  /**
   * Compiles the decisions of some architectures, of which the first is the quickest.
   *
   * @param otherwise what happens to a call of any other one
   */
  static Filter compile(List<Section> sections, int otherwise) {
    FilterCompiler compiler = new FilterCompiler();
    int start = compiler.program.ret(otherwise);
    for (Section section : sections.reversed()) {
      start = compiler.section(section, start);
    }
    compiler.program.load(ARCH, start);
    return compiler.program.finish();
  }

  /**
   * The decisions for all calls that the kernel reports with one {@code AUDIT_ARCH_*}.
   *
   * @param runs by the first number of each
   */
  record Section(int audit, List<Run> runs) {}

  /** The decision from a number on, and how the arguments of those calls are read. */
  record Run(long first, Decision decision, Abi abi) {}

  private int section(Section section, int others) {
    int search = program.load(NUMBER, search(section.runs()));
    return program.test(Test.JEQ, section.audit(), search, others);
  }

  private int search(List<Run> runs) {
    if (runs.size() == 1) {
      return decision(runs.getFirst());
    }
    int middle = runs.size() / 2;
    int upper = search(runs.subList(middle, runs.size()));
    int lower = search(runs.subList(0, middle));
    return program.test(Test.JGE, (int) runs.get(middle).first(), upper, lower);
  }

  private int decision(Run run) {
    int place = program.ret(run.decision().otherwise());
    for (Rule rule : run.decision().rules().reversed()) {
      int otherwise = place;
      place = program.ret(rule.verdict());
      for (Condition condition : rule.conditions().reversed()) {
        place = condition(condition, run.abi(), place, otherwise);
      }
    }
    return place;
  }

  private int condition(Condition condition, Abi abi, int holds, int fails) {
    return switch (condition.operator()) {
      case SCMP_CMP_EQ, SCMP_CMP_MASKED_EQ -> equal(condition, abi, holds, fails);
      case SCMP_CMP_NE -> equal(condition, abi, fails, holds);
      case SCMP_CMP_GT -> greater(Test.JGT, condition, abi, holds, fails);
      case SCMP_CMP_GE -> greater(Test.JGE, condition, abi, holds, fails);
      case SCMP_CMP_LE -> greater(Test.JGT, condition, abi, fails, holds);
      case SCMP_CMP_LT -> greater(Test.JGE, condition, abi, fails, holds);
    };
  }

  private int equal(Condition condition, Abi abi, int holds, int fails) {
    int place = holds;
    if (low(condition.mask()) != 0) {
      place = program.test(Test.JEQ, low(condition.value()), place, fails);
      place = masked(low(condition.mask()), place);
      place = program.load(lowWord(condition, abi), place);
    }
    if (high(condition.mask()) != 0) {
      place = program.test(Test.JEQ, high(condition.value()), place, fails);
      place = masked(high(condition.mask()), place);
      place = program.load(highWord(condition, abi), place);
    }
    return place;
  }

  private int masked(int mask, int place) {
    return mask == -1 ? place : program.and(mask, place);
  }

  /** The low word decides where the high ones are equal. */
  private int greater(Test test, Condition condition, Abi abi, int holds, int fails) {
    int place = program.test(test, low(condition.value()), holds, fails);
    place = program.load(lowWord(condition, abi), place);
    if (abi.wide()) {
      place = program.test(Test.JEQ, high(condition.value()), place, fails);
      place = program.test(Test.JGT, high(condition.value()), holds, place);
      place = program.load(highWord(condition, abi), place);
    }
    return place;
  }

  private static int lowWord(Condition condition, Abi abi) {
    boolean first = abi.order() == ByteOrder.LITTLE_ENDIAN;
    return ARGUMENTS + condition.index() * Long.BYTES + (first ? 0 : Integer.BYTES);
  }

  private static int highWord(Condition condition, Abi abi) {
    boolean first = abi.order() == ByteOrder.BIG_ENDIAN;
    return ARGUMENTS + condition.index() * Long.BYTES + (first ? 0 : Integer.BYTES);
  }

  private static int low(long bits) {
    return (int) bits;
  }

  private static int high(long bits) {
    return (int) (bits >>> Integer.SIZE);
  }
}
