package dev.berth.linux.sys;

import static dev.berth.linux.sys.Syscall.check;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.Optional;

/**
 * BPF programs that decide about devices, and the cgroups they are attached to; <a
 * href="https://man7.org/linux/man-pages/man2/bpf.2.html">bpf(2)</a>.
 */
public final class Bpf {

  static final int BPF_PROG_LOAD = 5;
  static final int BPF_PROG_ATTACH = 8;
  static final int BPF_PROG_GET_FD_BY_ID = 13;
  static final int BPF_OBJ_GET_INFO_BY_FD = 15;
  static final int BPF_PROG_QUERY = 16;

  static final int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
  static final int BPF_CGROUP_DEVICE = 6;
  static final int BPF_F_ALLOW_MULTI = 0x2;
  static final int BPF_F_REPLACE = 0x4;
  static final int BPF_OBJ_NAME_LEN = 16;

  /**
   * The size of every attribute, whichever part of the union its command reads: more than the 168
   * bytes that Linux 6.18 has. Linux 6.17 to 7.1 writes {@code query.revision}, at offset 56,
   * whatever size it was told. A kernel with a smaller union accepts the rest if it is zero.
   */
  private static final int ATTRIBUTES_SIZE = 256;

  static final StructLayout LOAD =
      attributes(
          JAVA_INT.withName("prog_type"),
          JAVA_INT.withName("insn_cnt"),
          JAVA_LONG.withName("insns"),
          JAVA_LONG.withName("license"),
          JAVA_INT.withName("log_level"),
          JAVA_INT.withName("log_size"),
          JAVA_LONG.withName("log_buf"),
          JAVA_INT.withName("kern_version"),
          JAVA_INT.withName("prog_flags"),
          MemoryLayout.sequenceLayout(BPF_OBJ_NAME_LEN, JAVA_BYTE).withName("prog_name"));

  static final StructLayout ATTACH =
      attributes(
          JAVA_INT.withName("target_fd"),
          JAVA_INT.withName("attach_bpf_fd"),
          JAVA_INT.withName("attach_type"),
          JAVA_INT.withName("attach_flags"),
          JAVA_INT.withName("replace_bpf_fd"));

  static final StructLayout QUERY =
      attributes(
          JAVA_INT.withName("query.target_fd"),
          JAVA_INT.withName("query.attach_type"),
          JAVA_INT.withName("query.query_flags"),
          JAVA_INT.withName("query.attach_flags"),
          JAVA_LONG.withName("query.prog_ids"),
          JAVA_INT.withName("query.prog_cnt"));

  static final StructLayout GET_FD = attributes(JAVA_INT.withName("prog_id"));

  static final StructLayout GET_INFO =
      attributes(
          JAVA_INT.withName("info.bpf_fd"),
          JAVA_INT.withName("info.info_len"),
          JAVA_LONG.withName("info.info"));

  /** The kernel fills in what there is room for; none has as much to tell. */
  static final StructLayout INFO =
      Structs.padded(
              256,
              MemoryLayout.paddingLayout(64),
              MemoryLayout.sequenceLayout(BPF_OBJ_NAME_LEN, JAVA_BYTE).withName("name"))
          .withName("struct bpf_prog_info");

  /** The kernel's own limit, BPF_CGROUP_MAX_PROGS, which is in no header for programs. */
  private static final int MOST_ATTACHED = 64;

  private static final int INSTRUCTION_SIZE = 8;
  private static final int LOAD_ATTEMPTS = 64;

  private Bpf() {}

  private static StructLayout attributes(MemoryLayout... members) {
    return Structs.padded(ATTRIBUTES_SIZE, members).withName("union bpf_attr");
  }

  /**
   * Has the kernel check and compile a program of type {@code BPF_PROG_TYPE_CGROUP_DEVICE}.
   *
   * @param name at most 15 letters, digits, {@code _} and {@code .}
   * @param instructions an array of {@code struct bpf_insn}
   * @throws SyscallException {@link Errno#EPERM} without {@code CAP_SYS_ADMIN}, or {@code CAP_BPF}
   *     and {@code CAP_NET_ADMIN}, in the first user namespace
   */
  public static Fd load(String name, byte[] instructions) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(LOAD);
      MemorySegment code = arena.allocate(instructions.length, Long.BYTES);
      MemorySegment.copy(instructions, 0, code, JAVA_BYTE, 0, instructions.length);
      set(attributes, LOAD, "prog_type", BPF_PROG_TYPE_CGROUP_DEVICE);
      set(attributes, LOAD, "insn_cnt", instructions.length / INSTRUCTION_SIZE);
      setAddress(attributes, LOAD, "insns", code);
      // Any will do: it only matters for functions of the kernel that are for GPL code alone.
      setAddress(attributes, LOAD, "license", Syscall.cString(arena, "Apache-2.0"));
      attributes.setString(Structs.offset(LOAD, "prog_name"), name);
      long result;
      int attempts = 0;
      do {
        // EAGAIN: a signal came while the kernel was checking.
        result = bpf(arena, BPF_PROG_LOAD, attributes);
        attempts++;
      } while (result == -Errno.EAGAIN.number() && attempts < LOAD_ATTEMPTS);
      return new Fd((int) check(result, "bpf(BPF_PROG_LOAD, \"%s\")", name));
    }
  }

  /**
   * Attaches a program to a cgroup, beside those that are there: all have to allow an access.
   *
   * @param cgroup its directory; {@code O_PATH} will do
   */
  public static void attach(Fd cgroup, Fd program) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      attach(arena, cgroup, program, arena.allocate(ATTACH), BPF_F_ALLOW_MULTI);
    }
  }

  /** Attaches a program in the place of another, so that there is no moment without either. */
  public static void replace(Fd cgroup, Fd old, Fd program) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTACH);
      set(attributes, ATTACH, "replace_bpf_fd", old.number());
      attach(arena, cgroup, program, attributes, BPF_F_ALLOW_MULTI | BPF_F_REPLACE);
    }
  }

  private static void attach(
      Arena arena, Fd cgroup, Fd program, MemorySegment attributes, int flags)
      throws SyscallException {
    set(attributes, ATTACH, "target_fd", cgroup.number());
    set(attributes, ATTACH, "attach_bpf_fd", program.number());
    set(attributes, ATTACH, "attach_type", BPF_CGROUP_DEVICE);
    set(attributes, ATTACH, "attach_flags", flags);
    long result = bpf(arena, BPF_PROG_ATTACH, attributes);
    check(result, "bpf(BPF_PROG_ATTACH, %s, %s)", cgroup, program);
  }

  /** The program of that name that is attached to the cgroup itself, not above it. */
  public static Optional<Fd> attached(Fd cgroup, String name) throws SyscallException {
    for (int id : attachedIds(cgroup)) {
      Optional<Fd> program = open(id);
      if (program.isPresent() && isNamed(program.get(), name)) {
        return program;
      }
    }
    return Optional.empty();
  }

  /** Closes a program that is not, or of which it cannot be known. */
  private static boolean isNamed(Fd program, String name) throws SyscallException {
    boolean named = false;
    try {
      named = name(program).equals(name);
      return named;
    } finally {
      if (!named) {
        program.close();
      }
    }
  }

  private static int[] attachedIds(Fd cgroup) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ids = arena.allocate(JAVA_INT, MOST_ATTACHED);
      MemorySegment attributes = arena.allocate(QUERY);
      set(attributes, QUERY, "query.target_fd", cgroup.number());
      set(attributes, QUERY, "query.attach_type", BPF_CGROUP_DEVICE);
      setAddress(attributes, QUERY, "query.prog_ids", ids);
      set(attributes, QUERY, "query.prog_cnt", MOST_ATTACHED);
      check(bpf(arena, BPF_PROG_QUERY, attributes), "bpf(BPF_PROG_QUERY, %s)", cgroup);
      int count = attributes.get(JAVA_INT, Structs.offset(QUERY, "query.prog_cnt"));
      return ids.asSlice(0, JAVA_INT.byteSize() * count).toArray(JAVA_INT);
    }
  }

  /** Empty if the program is gone by now. */
  private static Optional<Fd> open(int id) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(GET_FD);
      set(attributes, GET_FD, "prog_id", id);
      long result = bpf(arena, BPF_PROG_GET_FD_BY_ID, attributes);
      return result == -Errno.ENOENT.number()
          ? Optional.empty()
          : Optional.of(new Fd((int) check(result, "bpf(BPF_PROG_GET_FD_BY_ID, %s)", id)));
    }
  }

  private static String name(Fd program) throws SyscallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO);
      MemorySegment attributes = arena.allocate(GET_INFO);
      set(attributes, GET_INFO, "info.bpf_fd", program.number());
      set(attributes, GET_INFO, "info.info_len", (int) info.byteSize());
      setAddress(attributes, GET_INFO, "info.info", info);
      long result = bpf(arena, BPF_OBJ_GET_INFO_BY_FD, attributes);
      check(result, "bpf(BPF_OBJ_GET_INFO_BY_FD, %s)", program);
      return info.getString(Structs.offset(INFO, "name"));
    }
  }

  private static void set(MemorySegment struct, StructLayout layout, String member, int value) {
    struct.set(JAVA_INT, Structs.offset(layout, member), value);
  }

  private static void setAddress(
      MemorySegment struct, StructLayout layout, String member, MemorySegment value) {
    struct.set(JAVA_LONG, Structs.offset(layout, member), value.address());
  }

  private static long bpf(Arena arena, int command, MemorySegment attributes) {
    return Syscall.invoke(
        arena, SyscallNumber.BPF, command, attributes.address(), attributes.byteSize());
  }
}
