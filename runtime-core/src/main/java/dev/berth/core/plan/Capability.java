package dev.berth.core.plan;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The capabilities of capabilities(7), in the order of their numbers. */
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

  /** Every capability there is, as a set in the form of {@link #bits}. */
  public static final long ALL = (1L << values().length) - 1;

  private static final Map<String, Capability> BY_NAME = byName();

  /** The capability of this name, or nothing if no kernel known to this runtime has it. */
  public static Optional<Capability> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /**
   * A set as the kernel has it: bit n is capability n. Names that are not known are left out; the
   * specification asks for no more than a warning about them.
   */
  public static long bits(List<String> names) {
    long bits = 0;
    for (String name : names) {
      Capability capability = BY_NAME.get(name);
      if (capability != null) {
        bits |= capability.bit();
      }
    }
    return bits;
  }

  /** The reverse of {@link #bits}. */
  public static Set<Capability> set(long bits) {
    Set<Capability> set = EnumSet.noneOf(Capability.class);
    for (Capability capability : values()) {
      if ((bits & capability.bit()) != 0) {
        set.add(capability);
      }
    }
    return set;
  }

  private static Map<String, Capability> byName() {
    Map<String, Capability> names = new HashMap<>();
    for (Capability capability : values()) {
      names.put(capability.name(), capability);
    }
    return Map.copyOf(names);
  }
}
