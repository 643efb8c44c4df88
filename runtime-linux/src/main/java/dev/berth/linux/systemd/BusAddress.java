package dev.berth.linux.systemd;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.systemd.SystemdUnit.Manager;
import dev.berth.core.text.HostPath;
import dev.berth.linux.sys.HostEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a systemd is to be asked.
 *
 * @param value as D-Bus has addresses
 * @param hint what may help if nobody answers there
 */
record BusAddress(String value, String hint) {
  /** What sd_booted(3) looks at. */
  private static final Path BOOTED = Path.of("/run/systemd/system");

  private static final Path SYSTEM_BUS = Path.of("/run/dbus/system_bus_socket");
  private static final String OR_WITHOUT = "or let cgroups be made without systemd";

  /**
   * The bus of that systemd.
   *
   * @param uid the user's on the host, whose session it is
   * @throws UnsupportedFeatureException if it cannot be there
   */
  static BusAddress of(Manager manager, long uid) {
    if (!Files.isDirectory(BOOTED)) {
      throw new UnsupportedFeatureException(
          "systemd cgroups: systemd does not run here (there is no %s); boot with it, %s"
              .formatted(BOOTED, OR_WITHOUT));
    }
    return switch (manager) {
      case SYSTEM -> at("DBUS_SYSTEM_BUS_ADDRESS", SYSTEM_BUS, "install dbus, " + OR_WITHOUT);
      case USER ->
          at(
              "DBUS_SESSION_BUS_ADDRESS",
              runtimeDirectory(uid).resolve("bus"),
              "install dbus-user-session and log in anew, or let uid %s have a session without a login (loginctl enable-linger), %s"
                  .formatted(uid, OR_WITHOUT));
    };
  }

  private static Path runtimeDirectory(long uid) {
    String directory = HostEnvironment.get("XDG_RUNTIME_DIR");
    return directory == null || directory.isEmpty()
        ? Path.of("/run/user/" + uid)
        : HostPath.of(directory);
  }

  private static BusAddress at(String variable, Path socket, String hint) {
    String address = HostEnvironment.get(variable);
    if (address != null && !address.isEmpty()) {
      return new BusAddress(
          address,
          "that is what %s says: unset it, or name a bus with systemd".formatted(variable));
    }
    if (!Files.exists(socket)) {
      throw new UnsupportedFeatureException(
          "systemd cgroups: there is no bus at %s to ask systemd by; %s".formatted(socket, hint));
    }
    return new BusAddress("unix:path=" + HostPath.text(socket), hint);
  }
}
