package dev.berth.core.spec;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The capabilities of capabilities(7), in the order of their numbers, from 0 on. */
public enum Capability {
  CAP_CHOWN,
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_FOWNER,
  CAP_FSETID,
  CAP_KILL,
  CAP_SETGID,
  CAP_SETUID,
  CAP_SETPCAP,
  CAP_LINUX_IMMUTABLE,
  CAP_NET_BIND_SERVICE,
  CAP_NET_BROADCAST,
  CAP_NET_ADMIN,
  CAP_NET_RAW,
  CAP_IPC_LOCK,
  CAP_IPC_OWNER,
  CAP_SYS_MODULE,
  CAP_SYS_RAWIO,
  CAP_SYS_CHROOT,
  CAP_SYS_PTRACE,
  CAP_SYS_PACCT,
  CAP_SYS_ADMIN,
  CAP_SYS_BOOT,
  CAP_SYS_NICE,
  CAP_SYS_RESOURCE,
  CAP_SYS_TIME,
  CAP_SYS_TTY_CONFIG,
  CAP_MKNOD,
  CAP_LEASE,
  CAP_AUDIT_WRITE,
  CAP_AUDIT_CONTROL,
  CAP_SETFCAP,
  CAP_MAC_OVERRIDE,
  CAP_MAC_ADMIN,
  CAP_SYSLOG,
  CAP_WAKE_ALARM,
  CAP_BLOCK_SUSPEND,
  CAP_AUDIT_READ,
  CAP_PERFMON,
  CAP_BPF,
  CAP_CHECKPOINT_RESTORE;

  /** All of them, as a capability set. */
  public static final long ALL = (1L << values().length) - 1;

  private static final Map<String, Capability> NAMED =
      Arrays.stream(values()).collect(Collectors.toMap(Capability::name, Function.identity()));

  /** The capability of this name; none if Linux had no such when this was written. */
  public static Optional<Capability> named(String name) {
    return Optional.ofNullable(NAMED.get(name));
  }

  /** A capability set, without the names that are not known. */
  public static long bits(List<String> names) {
    long bits = 0;
    for (String name : names) {
      Capability capability = NAMED.get(name);
      if (capability != null) {
        bits |= capability.bit();
      }
    }
    return bits;
  }

  /** What is in a capability set. */
  public static Set<Capability> in(long bits) {
    Set<Capability> set = EnumSet.allOf(Capability.class);
    set.removeIf(capability -> (bits & capability.bit()) == 0);
    return set;
  }

  /** Its bit in a capability set. */
  @SuppressWarnings(
      "EnumOrdinal") // the constants stand in the kernel's order, and a test keeps them
  public long bit() {
    return 1L << ordinal();
  }
}
