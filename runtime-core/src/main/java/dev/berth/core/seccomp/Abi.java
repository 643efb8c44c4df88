package dev.berth.core.seccomp;

import dev.berth.spec.Seccomp.Architecture;
import java.nio.ByteOrder;

/**
 * How programs of an architecture call the kernel, as far as a filter sees it.
 *
 * @param audit what {@code struct seccomp_data} has in {@code arch}: {@code AUDIT_ARCH_*} of {@code
 *     <linux/audit.h>}
 * @param table the numbers of its system calls
 * @param wide whether all 64 bits of an argument are compared, or the lower 32
 * @param order of the words of an argument
 * @param firstNumber of those that the kernel can be called with; x32 shares {@code audit} with
 *     x86-64, and is told from it by a bit of the number
 * @param lastNumber the last of them
 * @param multiplexed what the numbers of socketcall(2) and ipc(2) start from, -1 where there are
 *     none
 */
record Abi(
    int audit,
    String table,
    boolean wide,
    ByteOrder order,
    long firstNumber,
    long lastNumber,
    int multiplexed) {

  /** {@code __X32_SYSCALL_BIT}. */
  static final long X32_BIT = 0x4000_0000L;

  private static final long LAST = 0xffff_ffffL;

  private static final int AUDIT_ARCH_64BIT = 0x8000_0000;
  private static final int AUDIT_ARCH_LE = 0x4000_0000;
  private static final int AUDIT_ARCH_CONVENTION_MIPS64_N32 = 0x2000_0000;

  /** {@code EM_*} of {@code <linux/elf-em.h>}. */
  private static final int EM_386 = 3;

  private static final int EM_68K = 4;
  private static final int EM_MIPS = 8;
  private static final int EM_PARISC = 15;
  private static final int EM_PPC = 20;
  private static final int EM_PPC64 = 21;
  private static final int EM_S390 = 22;
  private static final int EM_ARM = 40;
  private static final int EM_SH = 42;
  private static final int EM_X86_64 = 62;
  private static final int EM_AARCH64 = 183;
  private static final int EM_RISCV = 243;
  private static final int EM_LOONGARCH = 258;

  static Abi of(Architecture architecture) {
    return switch (architecture) {
      case SCMP_ARCH_X86 -> little(EM_386, "x86").multiplexedFrom(0);
      case SCMP_ARCH_X86_64 -> little(EM_X86_64 | AUDIT_ARCH_64BIT, "x86_64").upTo(X32_BIT - 1);
      // Its registers have 64 bits, and libseccomp compares 32 of them.
      case SCMP_ARCH_X32 -> little(EM_X86_64 | AUDIT_ARCH_64BIT, "x32").narrowFrom(X32_BIT);
      case SCMP_ARCH_ARM -> little(EM_ARM, "arm");
      case SCMP_ARCH_AARCH64 -> little(EM_AARCH64 | AUDIT_ARCH_64BIT, "aarch64");
      case SCMP_ARCH_LOONGARCH64 -> little(EM_LOONGARCH | AUDIT_ARCH_64BIT, "loongarch64");
      case SCMP_ARCH_M68K -> big(EM_68K, "m68k").multiplexedFrom(0);
      case SCMP_ARCH_MIPS -> big(EM_MIPS, "mips").multiplexedFrom(4000);
      case SCMP_ARCH_MIPSEL -> little(EM_MIPS, "mips").multiplexedFrom(4000);
      case SCMP_ARCH_MIPS64 -> big(EM_MIPS | AUDIT_ARCH_64BIT, "mips64");
      case SCMP_ARCH_MIPSEL64 -> little(EM_MIPS | AUDIT_ARCH_64BIT, "mips64");
      case SCMP_ARCH_MIPS64N32 -> big(mipsN32(), "mips64n32").narrowFrom(0);
      case SCMP_ARCH_MIPSEL64N32 -> little(mipsN32(), "mips64n32").narrowFrom(0);
      case SCMP_ARCH_PPC -> big(EM_PPC, "ppc").multiplexedFrom(0);
      case SCMP_ARCH_PPC64 -> big(EM_PPC64 | AUDIT_ARCH_64BIT, "ppc64").multiplexedFrom(0);
      case SCMP_ARCH_PPC64LE -> little(EM_PPC64 | AUDIT_ARCH_64BIT, "ppc64").multiplexedFrom(0);
      case SCMP_ARCH_S390 -> big(EM_S390, "s390").multiplexedFrom(0);
      case SCMP_ARCH_S390X -> big(EM_S390 | AUDIT_ARCH_64BIT, "s390x").multiplexedFrom(0);
      case SCMP_ARCH_SH -> little(EM_SH, "sh").multiplexedFrom(0);
      case SCMP_ARCH_SHEB -> big(EM_SH, "sh").multiplexedFrom(0);
      case SCMP_ARCH_PARISC -> big(EM_PARISC, "parisc");
      case SCMP_ARCH_PARISC64 -> big(EM_PARISC | AUDIT_ARCH_64BIT, "parisc64");
      case SCMP_ARCH_RISCV64 -> little(EM_RISCV | AUDIT_ARCH_64BIT, "riscv64");
    };
  }

  private static int mipsN32() {
    return EM_MIPS | AUDIT_ARCH_64BIT | AUDIT_ARCH_CONVENTION_MIPS64_N32;
  }

  private static Abi little(int audit, String table) {
    return of(audit | AUDIT_ARCH_LE, table, ByteOrder.LITTLE_ENDIAN);
  }

  private static Abi big(int audit, String table) {
    return of(audit, table, ByteOrder.BIG_ENDIAN);
  }

  private static Abi of(int audit, String table, ByteOrder order) {
    return new Abi(audit, table, (audit & AUDIT_ARCH_64BIT) != 0, order, 0, LAST, -1);
  }

  private Abi narrowFrom(long number) {
    return new Abi(audit, table, false, order, number, lastNumber, multiplexed);
  }

  private Abi upTo(long number) {
    return new Abi(audit, table, wide, order, firstNumber, number, multiplexed);
  }

  private Abi multiplexedFrom(int base) {
    return new Abi(audit, table, wide, order, firstNumber, lastNumber, base);
  }
}
