package dev.berth.core.plan;

import dev.berth.spec.Namespace;
import java.util.Locale;

/** The namespaces of namespaces(7), with their {@code CLONE_NEW*} flags. */
public enum NamespaceKind {
  TIME(0x00000080),
  MOUNT(0x00020000),
  CGROUP(0x02000000),
  UTS(0x04000000),
  IPC(0x08000000),
  USER(0x10000000),
  PID(0x20000000),
  NETWORK(0x40000000);

  private final int flag;

  NamespaceKind(int flag) {
    this.flag = flag;
  }

  /** The same kind, in the vocabulary of the plan. */
  public static NamespaceKind of(Namespace.Type type) {
    return valueOf(type.name());
  }

  /** {@code CLONE_NEW*}. */
  public int flag() {
    return flag;
  }

  /** The name of that flag, as in clone(2). */
  public String flagName() {
    return switch (this) {
      case TIME -> "CLONE_NEWTIME";
      case MOUNT -> "CLONE_NEWNS";
      case CGROUP -> "CLONE_NEWCGROUP";
      case UTS -> "CLONE_NEWUTS";
      case IPC -> "CLONE_NEWIPC";
      case USER -> "CLONE_NEWUSER";
      case PID -> "CLONE_NEWPID";
      case NETWORK -> "CLONE_NEWNET";
    };
  }

  /** The word of {@code config.json} for it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
