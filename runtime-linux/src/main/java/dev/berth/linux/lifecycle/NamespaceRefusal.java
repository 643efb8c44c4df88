package dev.berth.linux.lifecycle;

import dev.berth.core.plan.NamespaceKind;
import dev.berth.linux.sys.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Why the kernel makes no namespaces: clone(2), unshare(2). What it refuses by one errno has
 * several causes, which are told apart by a look at capabilities, sysctls and filters.
 *
 * @param proc where procfs is mounted
 */
record NamespaceRefusal(Path proc) {
  /** Of this machine. */
  static final NamespaceRefusal HERE = new NamespaceRefusal(Path.of("/proc"));

  private static final String ADD_USER_NAMESPACE =
      "run it with that capability, or add {\"type\": \"user\"} with linux.uidMappings and"
          + " linux.gidMappings to linux.namespaces";

  private static final String FILTER =
      "a seccomp filter that the runtime was started with refuses it, such as that of a container"
          + " engine; have it allow clone3, unshare, setns and mount";

  private static final String FILTER_OR_MODULE =
      "a seccomp filter or a security module forbids it; look at the kernel's log";

  /** Who has made the user namespace that the others are to belong to. */
  enum Owner {
    RUNTIME,
    /** A user namespace that the container has made, or joined. */
    CONTAINER
  }

  /**
   * The cause, and what to do about it; empty if nothing is known of it.
   *
   * @param kinds that were to be made together
   */
  Optional<String> cause(Errno errno, Collection<NamespaceKind> kinds, Owner owner) {
    try {
      return switch (errno) {
        case EPERM -> Optional.of(notPermitted(kinds, owner));
        case ENOSPC -> Optional.of(limited(kinds));
        case EINVAL -> unknown(kinds);
        case ENOSYS ->
            Optional.of(
                isFiltered() ? FILTER : "this kernel has no clone3; Linux 5.14 or newer is needed");
        default -> Optional.empty();
      };
    } catch (IOException withoutProc) {
      return Optional.empty();
    }
  }

  private String notPermitted(Collection<NamespaceKind> kinds, Owner owner) throws IOException {
    boolean isAdmin = ProcStatus.has(read("self/status"), "CAP_SYS_ADMIN");
    if (kinds.contains(NamespaceKind.USER)) {
      if (!isAdmin && is("sys/kernel/unprivileged_userns_clone", "0")) {
        return "kernel.unprivileged_userns_clone is 0, and without CAP_SYS_ADMIN this user may make"
            + " no user namespace; set it to 1 (sysctl), or run the runtime as root";
      }
      return isFiltered()
          ? FILTER
          : "a user namespace takes ids that are mapped in the runtime's own, and a root that is no"
              + " chroot; else a security module forbids it";
    }
    if (owner == Owner.CONTAINER) {
      return is("sys/kernel/apparmor_restrict_unprivileged_userns", "1")
          ? "kernel.apparmor_restrict_unprivileged_userns is 1, and AppArmor gives no capability in a"
              + " user namespace to a program without a profile that allows \"userns\"; load one for"
              + " java, or set it to 0 (sysctl)"
          : FILTER_OR_MODULE;
    }
    if (!isAdmin) {
      return "%s requires CAP_SYS_ADMIN, which the runtime lacks, as root in a container does; %s"
          .formatted(flags(kinds), ADD_USER_NAMESPACE);
    }
    return isFiltered() ? FILTER : FILTER_OR_MODULE;
  }

  private String limited(Collection<NamespaceKind> kinds) throws IOException {
    List<NamespaceKind> none =
        kinds.stream().filter(kind -> read(kind).equals("0")).sorted().toList();
    if (!none.isEmpty()) {
      return none.stream().map(kind -> sysctl(kind) + " is 0").collect(Collectors.joining(", "))
          + "; set it higher (sysctl)";
    }
    String limits =
        kinds.stream()
            .sorted()
            .map(kind -> "%s (%s)".formatted(sysctl(kind), read(kind)))
            .collect(Collectors.joining(", "));
    return "as many namespaces of a kind as the kernel allows a user, here or in a user namespace"
        + " above: %s; raise it (sysctl), or end containers. User and PID namespaces can also be"
            .formatted(limits)
        + " only 32 in each other";
  }

  private Optional<String> unknown(Collection<NamespaceKind> kinds) {
    List<String> missing =
        kinds.stream()
            .filter(kind -> Files.notExists(proc.resolve("self/ns").resolve(file(kind))))
            .sorted()
            .map(NamespaceKind::toString)
            .toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "this kernel has no namespaces of the kind: %s; take it out of linux.namespaces"
                .formatted(String.join(", ", missing)));
  }

  private boolean isFiltered() throws IOException {
    return ProcStatus.field(read("self/status"), "Seccomp").equals("2");
  }

  /** The flags of clone(2), as its man page has them. */
  static String flags(Collection<NamespaceKind> kinds) {
    return kinds.stream().sorted().map(NamespaceKind::flagName).collect(Collectors.joining("|"));
  }

  private static String sysctl(NamespaceKind kind) {
    return "user.max_%s_namespaces".formatted(file(kind));
  }

  private String read(NamespaceKind kind) {
    try {
      return read("sys/user/max_%s_namespaces".formatted(file(kind)));
    } catch (IOException unreadable) {
      return "?";
    }
  }

  private static String file(NamespaceKind kind) {
    return NamespacesOf.file(kind);
  }

  private boolean is(String file, String value) throws IOException {
    return read(file).equals(value);
  }

  private String read(String file) throws IOException {
    try {
      return Files.readString(proc.resolve(file)).strip();
    } catch (NoSuchFileException notOfThisKernel) {
      return "";
    }
  }
}
