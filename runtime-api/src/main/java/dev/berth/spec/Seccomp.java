package dev.berth.spec;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code linux.seccomp}: which system calls the container may make (config-linux.md, "Seccomp").
 * Names of actions, architectures and operators are libseccomp's.
 *
 * @param defaultAction what happens to a system call that no rule matches
 * @param defaultErrnoRet the errno of {@code defaultAction}, for ERRNO and TRACE; EPERM if {@code
 *     null}
 * @param architectures those that the filter knows besides the machine's own
 * @param flags flags of seccomp(2); SPEC_ALLOW if {@code null}, and none if empty
 * @param listenerPath the socket of the agent that answers {@link Action#SCMP_ACT_NOTIFY}
 * @param listenerMetadata a text for that agent
 * @param syscalls the rules
 */
public record Seccomp(
    @Required Action defaultAction,
    @Unsigned(32) @Nullable Long defaultErrnoRet,
    List<Architecture> architectures,
    @Nullable List<Flag> flags,
    @Nullable String listenerPath,
    @Nullable String listenerMetadata,
    List<Syscall> syscalls) {

  /**
   * Refuses system calls that few programs need and that attacks on the kernel begin with; allows
   * all others. With EPERM fail:
   *
   * <ul>
   *   <li>sockets of other families than Unix, IPv4, IPv6, netlink and packet: AF_ALG and AF_VSOCK
   *       among them;
   *   <li>io_uring; bpf(2), perf_event_open(2), userfaultfd(2); keys;
   *   <li>new user namespaces, and setns(2);
   *   <li>open_by_handle_at(2), kernel modules, kexec, and other calls for the whole machine.
   * </ul>
   *
   * <p>clone3(2) fails with ENOSYS, since a filter cannot see its flags: libc then uses clone(2).
   * On x86, where socketcall(2) hides the family of a socket, it makes no sockets at all.
   *
   * <p>It is no default: a container has the filter that its configuration says.
   */
  public static final Seccomp HARDENED = HardenedProfile.create();

  /** Copies the lists. */
  public Seccomp {
    Objects.requireNonNull(defaultAction, "defaultAction");
    architectures = Absent.asEmpty(architectures);
    flags = flags == null ? null : List.copyOf(flags);
    listenerPath = Absent.ifEmpty(listenerPath);
    listenerMetadata = Absent.ifEmpty(listenerMetadata);
    syscalls = Absent.asEmpty(syscalls);
  }

  /** Whether any rule has an agent decide. */
  public boolean notifies() {
    return syscalls.stream().anyMatch(rule -> rule.action() == Action.SCMP_ACT_NOTIFY);
  }

  /**
   * A rule.
   *
   * @param names the system calls; names that the runtime does not know are left out
   * @param action what happens
   * @param errnoRet the errno of {@code action}, for ERRNO and TRACE; EPERM if {@code null}
   * @param args conditions that all must hold; empty for any arguments
   */
  public record Syscall(
      @Required List<String> names,
      @Required Action action,
      @Unsigned(32) @Nullable Long errnoRet,
      List<Arg> args) {
    /** Copies the lists. */
    public Syscall {
      names = Absent.asEmpty(names);
      Objects.requireNonNull(action, "action");
      args = Absent.asEmpty(args);
    }
  }

  /**
   * A condition on an argument of a system call.
   *
   * @param index which argument, 0 to 5
   * @param value what it is compared with; the mask, for {@link Operator#SCMP_CMP_MASKED_EQ}
   * @param valueTwo what the masked argument is compared with, for that operator only; 0 if {@code
   *     null}
   * @param op how it is compared
   */
  public record Arg(
      @Required @Unsigned(32) long index,
      @Required @Unsigned(64) long value,
      @Unsigned(64) @Nullable Long valueTwo,
      @Required Operator op) {
    /** Takes the values as they are. */
    public Arg {
      Objects.requireNonNull(op, "op");
    }
  }

  /** What happens to a system call, as in seccomp_init(3). */
  public enum Action {
    /** The thread dies: the older name of {@link #SCMP_ACT_KILL_THREAD}. */
    SCMP_ACT_KILL,
    /** The process dies. */
    SCMP_ACT_KILL_PROCESS,
    /** The thread dies. */
    SCMP_ACT_KILL_THREAD,
    /** The thread gets SIGSYS. */
    SCMP_ACT_TRAP,
    /** The call fails. */
    SCMP_ACT_ERRNO,
    /** A tracer decides. */
    SCMP_ACT_TRACE,
    /** The call is made. */
    SCMP_ACT_ALLOW,
    /** The call is made, and logged. */
    SCMP_ACT_LOG,
    /** An agent decides, see {@link Seccomp#listenerPath()}. */
    SCMP_ACT_NOTIFY
  }

  /** How an argument is compared, as in seccomp_rule_add(3). */
  public enum Operator {
    /** Not equal. */
    SCMP_CMP_NE,
    /** Less. */
    SCMP_CMP_LT,
    /** Less or equal. */
    SCMP_CMP_LE,
    /** Equal. */
    SCMP_CMP_EQ,
    /** Greater or equal. */
    SCMP_CMP_GE,
    /** Greater. */
    SCMP_CMP_GT,
    /** Equal to {@link Arg#valueTwo()} after masking with {@link Arg#value()}. */
    SCMP_CMP_MASKED_EQ
  }

  /** The flags of seccomp(2). */
  public enum Flag {
    /** All threads get the filter. */
    SECCOMP_FILTER_FLAG_TSYNC,
    /** What is not allowed is logged. */
    SECCOMP_FILTER_FLAG_LOG,
    /** Speculative store bypass stays enabled. */
    SECCOMP_FILTER_FLAG_SPEC_ALLOW,
    /**
     * Once an agent has taken a notification, only a fatal signal interrupts the wait for its
     * answer.
     */
    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
  }

  /** The architectures that libseccomp knows, named for the machine. */
  public enum Architecture {
    /** x86, 32 bits. */
    SCMP_ARCH_X86,
    /** x86, 64 bits. */
    SCMP_ARCH_X86_64,
    /** x86-64 with pointers of 32 bits. */
    SCMP_ARCH_X32,
    /** Arm, 32 bits. */
    SCMP_ARCH_ARM,
    /** Arm, 64 bits. */
    SCMP_ARCH_AARCH64,
    /** LoongArch, 64 bits. */
    SCMP_ARCH_LOONGARCH64,
    /** Motorola 68000. */
    SCMP_ARCH_M68K,
    /** MIPS, big-endian. */
    SCMP_ARCH_MIPS,
    /** MIPS, 64 bits, big-endian. */
    SCMP_ARCH_MIPS64,
    /** MIPS, 64 bits with pointers of 32, big-endian. */
    SCMP_ARCH_MIPS64N32,
    /** MIPS, little-endian. */
    SCMP_ARCH_MIPSEL,
    /** MIPS, 64 bits, little-endian. */
    SCMP_ARCH_MIPSEL64,
    /** MIPS, 64 bits with pointers of 32, little-endian. */
    SCMP_ARCH_MIPSEL64N32,
    /** PowerPC. */
    SCMP_ARCH_PPC,
    /** PowerPC, 64 bits, big-endian. */
    SCMP_ARCH_PPC64,
    /** PowerPC, 64 bits, little-endian. */
    SCMP_ARCH_PPC64LE,
    /** S/390, 31 bits. */
    SCMP_ARCH_S390,
    /** S/390, 64 bits. */
    SCMP_ARCH_S390X,
    /** SuperH, little-endian. */
    SCMP_ARCH_SH,
    /** SuperH, big-endian. */
    SCMP_ARCH_SHEB,
    /** PA-RISC. */
    SCMP_ARCH_PARISC,
    /** PA-RISC, 64 bits. */
    SCMP_ARCH_PARISC64,
    /** RISC-V, 64 bits. */
    SCMP_ARCH_RISCV64
  }
}
