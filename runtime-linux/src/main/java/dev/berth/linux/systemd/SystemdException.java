package dev.berth.linux.systemd;

import java.io.IOException;
import java.util.Map;

/**
 * systemd, or the way to it, refused something; the message says what was to be done, and why not.
 */
public final class SystemdException extends IOException {

  private static final long serialVersionUID = 1;

  private static final String NOT_ALLOWED =
      "be root, or have the user's own systemd make the cgroup: DBUS_SESSION_BUS_ADDRESS is to name"
          + " its bus, or nothing";

  /** What may help, by the name of the D-Bus error. */
  private static final Map<String, String> HINTS =
      Map.of(
          "org.freedesktop.DBus.Error.AccessDenied", NOT_ALLOWED,
          "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", NOT_ALLOWED,
          "org.freedesktop.DBus.Error.ServiceUnknown", "systemd is not on this bus",
          "org.freedesktop.DBus.Error.PropertyReadOnly", "this systemd has no such property",
          "org.freedesktop.DBus.Error.UnixProcessIdUnknown",
              "systemd does not see this process: it may be in another PID namespace");

  static final String UNIT_EXISTS = "org.freedesktop.systemd1.UnitExists";

  private final String name;

  SystemdException(String message) {
    this(message, "");
  }

  /**
   * @param name of the D-Bus error; empty if it is none
   */
  SystemdException(String message, String name) {
    super(message);
    this.name = name;
  }

  /** The same, with what was to be done, and what may help. */
  SystemdException during(String goal) {
    String hint = HINTS.getOrDefault(name, "");
    String message = goal + ": " + getMessage();
    SystemdException worded =
        new SystemdException(hint.isEmpty() ? message : message + "; " + hint, name);
    worded.initCause(this);
    return worded;
  }

  /** Whether somebody else has a unit of this name. */
  public boolean saysInUse() {
    return is(UNIT_EXISTS);
  }

  /** Whether this is the D-Bus error of this name. */
  boolean is(String error) {
    return name.equals(error);
  }
}
