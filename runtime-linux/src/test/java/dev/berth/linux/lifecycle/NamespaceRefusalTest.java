package dev.berth.linux.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.plan.NamespaceKind;
import dev.berth.linux.lifecycle.NamespaceRefusal.Owner;
import dev.berth.linux.sys.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each cause has a sentence of its own, which names what to change. */
class NamespaceRefusalTest {
  private static final Set<NamespaceKind> USER = Set.of(NamespaceKind.USER);
  private static final Set<NamespaceKind> OTHERS =
      EnumSet.of(NamespaceKind.PID, NamespaceKind.MOUNT);

  @TempDir private Path proc;

  @BeforeEach
  void a_user_without_capabilities() throws IOException {
    file("self/status", "CapEff:\t0000000000000000\nSeccomp:\t0\n");
  }

  @Test
  void a_capability_that_the_runtime_lacks() {
    assertThat(cause(Errno.EPERM, OTHERS, Owner.RUNTIME))
        .startsWith(
            "CLONE_NEWNS|CLONE_NEWPID requires CAP_SYS_ADMIN, which the runtime lacks, as root in a"
                + " container does; ")
        .contains("add {\"type\": \"user\"}");
  }

  @Test
  void a_sysctl_that_forbids_user_namespaces() throws Exception {
    file("sys/kernel/unprivileged_userns_clone", "0\n");
    assertThat(cause(Errno.EPERM, USER, Owner.RUNTIME))
        .startsWith("kernel.unprivileged_userns_clone is 0, ");
    file("self/status", "CapEff:\t000001ffffffffff\nSeccomp:\t0\n");
    assertThat(cause(Errno.EPERM, USER, Owner.RUNTIME)).startsWith("a user namespace takes ids");
  }

  @Test
  void an_apparmor_that_leaves_a_user_namespace_without_capabilities() throws Exception {
    file("sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
    assertThat(cause(Errno.EPERM, OTHERS, Owner.CONTAINER))
        .startsWith("kernel.apparmor_restrict_unprivileged_userns is 1, ");
  }

  @Test
  void a_filter_of_an_engine_around() throws Exception {
    file("self/status", "CapEff:\t000001ffffffffff\nSeccomp:\t2\n");
    for (Errno errno : Set.of(Errno.EPERM, Errno.ENOSYS)) {
      assertThat(cause(errno, USER, Owner.RUNTIME)).startsWith("a seccomp filter ");
      assertThat(cause(errno, OTHERS, Owner.RUNTIME)).startsWith("a seccomp filter ");
    }
  }

  @Test
  void a_limit_of_namespaces() throws Exception {
    file("sys/user/max_pid_namespaces", "3\n");
    file("sys/user/max_mnt_namespaces", "0\n");
    assertThat(cause(Errno.ENOSPC, OTHERS, Owner.RUNTIME))
        .isEqualTo("user.max_mnt_namespaces is 0; set it higher (sysctl)");
    file("sys/user/max_mnt_namespaces", "7\n");
    assertThat(cause(Errno.ENOSPC, OTHERS, Owner.RUNTIME))
        .contains("user.max_mnt_namespaces (7), user.max_pid_namespaces (3)");
  }

  @Test
  void a_kind_that_the_kernel_does_not_have() throws Exception {
    file("self/ns/mnt", "");
    assertThat(cause(Errno.EINVAL, OTHERS, Owner.RUNTIME))
        .isEqualTo(
            "this kernel has no namespaces of the kind: pid; take it out of linux.namespaces");
    file("self/ns/pid", "");
    assertThat(new NamespaceRefusal(proc).cause(Errno.EINVAL, OTHERS, Owner.RUNTIME)).isEmpty();
  }

  private String cause(Errno errno, Set<NamespaceKind> kinds, Owner owner) {
    return new NamespaceRefusal(proc).cause(errno, kinds, owner).orElseThrow();
  }

  private void file(String name, String content) throws IOException {
    Files.createDirectories(proc.resolve(name).getParent());
    Files.writeString(proc.resolve(name), content);
  }
}
