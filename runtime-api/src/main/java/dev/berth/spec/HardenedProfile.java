package dev.berth.spec;

import dev.berth.spec.Seccomp.Action;
import dev.berth.spec.Seccomp.Architecture;
import dev.berth.spec.Seccomp.Arg;
import dev.berth.spec.Seccomp.Operator;
import dev.berth.spec.Seccomp.Syscall;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The rules of {@link Seccomp#HARDENED}. */
final class HardenedProfile {
  private static final long ENOSYS = 38;
  private static final long CLONE_NEWUSER = 0x1000_0000;

  /** AF_PACKET; of the families above it no program needs one that knows of none of them. */
  private static final long LAST_COMMON_FAMILY = 17;

  /** From AF_AX25 to AF_ROSE, and from AF_DECnet to AF_KEY; AF_INET6 is 10. */
  private static final List<Long> UNCOMMON_FAMILIES =
      LongStream.concat(LongStream.rangeClosed(3, 9), LongStream.rangeClosed(11, 15))
          .boxed()
          .toList();

  /** The kernel reads an int from these registers, whatever the upper half says. */
  private static final long INT = 0xffff_ffffL;

  private static final List<String> SOCKETS = List.of("socket", "socketpair");

  /**
   * Each with weaknesses that a process without privilege could use, or for the whole machine where
   * a capability lets it pass.
   */
  private static final List<String> REFUSED =
      List.of(
          "io_uring_setup",
          "io_uring_enter",
          "io_uring_register",
          "setns",
          "bpf",
          "userfaultfd",
          "perf_event_open",
          "keyctl",
          "add_key",
          "request_key",
          "open_by_handle_at",
          "kexec_load",
          "kexec_file_load",
          "init_module",
          "finit_module",
          "delete_module",
          "create_module",
          "query_module",
          "get_kernel_syms",
          "acct",
          "swapon",
          "swapoff",
          "reboot",
          "iopl",
          "ioperm",
          "vm86",
          "vm86old",
          "uselib",
          "nfsservctl",
          "lookup_dcookie");

  private HardenedProfile() {}

  static Seccomp create() {
    Stream<Syscall> sockets =
        Stream.concat(
            Stream.of(refused(SOCKETS, new Arg(0, LAST_COMMON_FAMILY, null, Operator.SCMP_CMP_GT))),
            UNCOMMON_FAMILIES.stream().map(family -> refused(SOCKETS, masked(INT, family))));
    Stream<Syscall> others =
        Stream.of(
            refused(List.of("clone", "unshare"), masked(CLONE_NEWUSER, CLONE_NEWUSER)),
            // Its flags are in memory, which a filter cannot read; libc falls back on clone.
            new Syscall(List.of("clone3"), Action.SCMP_ACT_ERRNO, ENOSYS, List.of()),
            new Syscall(REFUSED, Action.SCMP_ACT_ERRNO, null, List.of()));
    return new Seccomp(
        Action.SCMP_ACT_ALLOW,
        null,
        List.of(
            Architecture.SCMP_ARCH_X86_64,
            Architecture.SCMP_ARCH_X86,
            Architecture.SCMP_ARCH_X32,
            Architecture.SCMP_ARCH_AARCH64,
            Architecture.SCMP_ARCH_ARM,
            Architecture.SCMP_ARCH_RISCV64),
        null,
        null,
        null,
        Stream.concat(sockets, others).toList());
  }

  private static Syscall refused(List<String> names, Arg condition) {
    return new Syscall(names, Action.SCMP_ACT_ERRNO, null, List.of(condition));
  }

  private static Arg masked(long mask, long value) {
    return new Arg(0, mask, value, Operator.SCMP_CMP_MASKED_EQ);
  }
}
