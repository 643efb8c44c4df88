package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.ContainerBuilder;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.linux.sys.Host;
import dev.berth.linux.testing.BusyboxRoot;
import dev.berth.linux.testing.ContainerJvm;
import dev.berth.linux.testing.Containers;
import dev.berth.linux.testing.LeavesNothingBehind;
import dev.berth.linux.testing.Systemctl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where systemd runs, and the way to it is not there, or is barred. */
@ExtendWith(LeavesNothingBehind.class)
class SystemdRefusalIT {
  private static final String OR_WITHOUT = "or let cgroups be made without systemd";

  @RegisterExtension static final Containers containers = new Containers();

  @BeforeAll
  static void prepare() {
    Systemctl.assumeRuns();
    assumeTrue(BusyboxRoot.isAvailable(), "needs /bin/busybox (Debian: busybox-static)");
  }

  @AfterEach
  void nothing_is_left() throws Exception {
    assertThat(Systemctl.units("berth-it-*")).isEmpty();
    if (Files.exists(state())) {
      try (Stream<Path> left = Files.list(state())) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void a_bus_that_is_not_there() throws Exception {
    assumeFalse(Systemctl.ofSystem(), "needs a user other than root");
    String[] without = {"env", "-u", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR=/nowhere"};
    assertThat(run(without))
        .isEqualTo(
            "systemd cgroups: there is no bus at /nowhere/bus to ask systemd by; install"
                + " dbus-user-session and log in anew, or let uid %d have a session without a login"
                + " (loginctl enable-linger), %s",
            Host.geteuid(), OR_WITHOUT);
  }

  @Test
  void an_address_where_there_is_no_bus() throws Exception {
    assumeTrue(Systemctl.ofSystem(), "needs root");
    assertThat(run("env", "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere/bus"))
        .endsWith(
            ": connect to the bus at \"unix:path=/nowhere/bus\": ENOENT (No such file or directory);"
                + " that is what DBUS_SYSTEM_BUS_ADDRESS says: unset it, or name a bus with systemd");
  }

  @Test
  void the_address_without_a_variable() throws Exception {
    assumeFalse(Systemctl.ofSystem(), "needs a user other than root");
    assertThat(run("env", "-u", "DBUS_SESSION_BUS_ADDRESS", "-u", "XDG_RUNTIME_DIR"))
        .isEqualTo("done");
  }

  @Test
  void root_of_a_user_namespace_asks_the_systemd_of_the_user() throws Exception {
    assumeFalse(Systemctl.ofSystem(), "needs a user other than root");
    ContainerBuilder inside =
        containers
            .container("echo", "done")
            .edit(spec -> spec.withLinux(SpecDefaults.spec().linux()));
    assertThat(run(inside, "unshare", "--user", "--map-root-user")).isEqualTo("done");
  }

  @Test
  void a_user_who_asks_the_systemd_of_the_system() throws Exception {
    assumeFalse(Systemctl.ofSystem(), "needs a user other than root");
    assertThat(run("env", "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket"))
        .endsWith(
            "StartTransientUnit: Permission denied (org.freedesktop.DBus.Error.AccessDenied); be root,"
                + " or have the user's own systemd make the cgroup: DBUS_SESSION_BUS_ADDRESS is to"
                + " name its bus, or nothing");
  }

  @Test
  void a_host_without_the_library() throws Exception {
    assumeTrue(Systemctl.ofSystem(), "needs root");
    String hide =
        "library=$(ldconfig -p | sed -n 's/.*libsystemd.so.0 .*=> //p' | head -n 1)\n"
            + "mount --bind /dev/null \"$library\"";
    assertThat(run("unshare", "--mount", "sh", "-ec", hide + "\nexec \"$@\"", "sh"))
        .isEqualTo(
            "systemd cgroups: this host has no libsystemd.so.0; install it (Debian: libsystemd0,"
                + " Fedora: systemd-libs), "
                + OR_WITHOUT
                + ", which needs no library");
  }

  private static String run(String... prefix) throws IOException {
    return run(containers.container("echo", "done"), prefix);
  }

  private static String run(ContainerBuilder container, String... prefix) throws IOException {
    Path bundle = containers.bundle(container);
    return ContainerJvm.withSystemd().startedBy(prefix).run(state(), bundle);
  }

  private static Path state() {
    return containers.directory().resolve("refused");
  }
}
