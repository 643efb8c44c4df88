package dev.berth.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.Problem;
import dev.berth.spec.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;

class SysctlChecksTest {
  @Test
  void refuses_sysctls_that_lead_elsewhere() {
    assertThat(
            problems(
                "network",
                """
                "net.ipv4.ip_forward": "1", "net/ipv4/conf/eth0.100/mtu": "1",
                "net.ipv4.conf.eth0/100.mtu": "2", "net/../kernel/panic": "1",
                "kernel": "1", "net..x": "1", "../etc/passwd": "x", "/net/x": "1"
                """))
        .containsExactly(
            "linux.sysctl[\"net.ipv4.conf.eth0/100.mtu\"]: the same parameter as"
                + " \"net/ipv4/conf/eth0.100/mtu\"",
            "linux.sysctl[\"net/../kernel/panic\"]: not a name such as net.ipv4.ip_forward",
            "linux.sysctl[\"kernel\"]: not a name such as net.ipv4.ip_forward",
            "linux.sysctl[\"net..x\"]: not a name such as net.ipv4.ip_forward",
            "linux.sysctl[\"../etc/passwd\"]: not a name such as net.ipv4.ip_forward",
            "linux.sysctl[\"/net/x\"]: not a name such as net.ipv4.ip_forward");
  }

  @Test
  void allows_sysctls_of_namespaces_that_are_the_containers_own() {
    assertThat(
            problems(
                "ipc network uts",
                """
                "kernel.msgmax": "1", "kernel.msgmnb": "1", "kernel.msgmni": "1",
                "kernel.sem": "1 2 3 4", "kernel.shmall": "1", "kernel.shmmax": "1",
                "kernel.shmmni": "1", "kernel.shm_rmid_forced": "1",
                "fs.mqueue.msg_max": "1", "net/ipv4/ip_forward": "1",
                "kernel.domainname": "d"
                """))
        .isEmpty();
  }

  @Test
  void refuses_sysctls_of_namespaces_that_the_container_has_not() {
    String needs = ", and linux.namespaces has none";
    assertThat(
            problems(
                "cgroup",
                """
                "kernel.shmmax": "1", "fs.mqueue.msg_max": "1", "net.ipv4.ip_forward": "1",
                "kernel.domainname": "d", "user.max_user_namespaces": "1"
                """))
        .containsExactly(
            "linux.sysctl[\"kernel.shmmax\"]: needs a ipc namespace" + needs,
            "linux.sysctl[\"fs.mqueue.msg_max\"]: needs a ipc namespace" + needs,
            "linux.sysctl[\"net.ipv4.ip_forward\"]: needs a network namespace" + needs,
            "linux.sysctl[\"kernel.domainname\"]: needs a uts namespace" + needs,
            "linux.sysctl[\"user.max_user_namespaces\"]: needs a user namespace" + needs);
  }

  @Test
  void refuses_sysctls_of_the_host() {
    String one = "the whole host has only one, and no container can have another";
    assertThat(
            problems(
                "ipc network",
                """
                "kernel.core_pattern": "|/x", "kernel/sysrq": "1", "vm.swappiness": "1",
                "fs.mqueueing": "1", "network.x": "1"
                """))
        .containsExactly(
            "linux.sysctl[\"kernel.core_pattern\"]: " + one,
            "linux.sysctl[\"kernel/sysrq\"]: " + one,
            "linux.sysctl[\"vm.swappiness\"]: " + one,
            "linux.sysctl[\"fs.mqueueing\"]: " + one,
            "linux.sysctl[\"network.x\"]: " + one);
  }

  @Test
  void refuses_names_that_the_configuration_gives_otherwise() {
    assertThat(problems("uts", "\"kernel.hostname\": \"h\", \"kernel.domainname\": \"other\""))
        .containsExactly(
            "linux.sysctl[\"kernel.hostname\"]: conflicts with hostname, which is the property"
                + " for it",
            "linux.sysctl[\"kernel.domainname\"]: conflicts with domainname, which is another"
                + " one");
  }

  @Test
  void refuses_values_of_sysctls_that_are_none() {
    assertThat(
            problems(
                "ipc",
                """
                "kernel.shmmax": "1\\n2", "kernel.shmall": "", "kernel.shmmni": "1\\u0000"
                """))
        .containsExactly(
            "linux.sysctl[\"kernel.shmmni\"]: contains a NUL character",
            "linux.sysctl[\"kernel.shmmax\"]: contains a newline",
            "linux.sysctl[\"kernel.shmall\"]: empty");
  }

  /** What there is to say about a configuration with these new namespaces and sysctls. */
  private static List<String> problems(String namespaces, String sysctls) {
    String json =
        """
        {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, %s
         "process": {"cwd": "/", "args": ["true"]},
         "linux": {"namespaces": [{"type": "mount"}, {"type": "%s"}], "sysctl": {%s}}}
        """
            .formatted(
                namespaces.contains("uts") ? "\"domainname\": \"d\"," : "",
                namespaces.replace(" ", "\"}, {\"type\": \""),
                sysctls);
    Spec spec = SpecReader.read(json.getBytes(UTF_8), Spec.class).orThrow(AssertionError::new);
    return SpecChecks.check(spec).problems().stream().map(Problem::toString).toList();
  }
}
