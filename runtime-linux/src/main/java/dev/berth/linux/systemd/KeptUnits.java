package dev.berth.linux.systemd;

import dev.berth.core.systemd.SystemdUnit;
import dev.berth.core.systemd.SystemdUnit.Manager;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Units that stay loaded when they are over, so that systemd can be asked what they have used: it
 * counts references to them, each of a connection to the bus, and drops those of one that is
 * closed. All of a JVM's are of one connection, which is there while there are any; a bus lets a
 * user have a few hundred connections, {@code max_connections_per_user} of dbus-daemon(1).
 */
public final class KeptUnits {
  private static final System.Logger LOG = System.getLogger(KeptUnits.class.getName());
  private static final Map<Manager, KeptUnits> ALL = new EnumMap<>(Manager.class);

  private final Manager manager;
  private final Set<String> names = new HashSet<>();
  private @Nullable Systemd systemd;

  private KeptUnits(Manager manager) {
    this.manager = manager;
  }

  private static KeptUnits of(Manager manager) {
    synchronized (ALL) {
      return ALL.computeIfAbsent(manager, KeptUnits::new);
    }
  }

  /** Keeps a unit, unless systemd refuses it, as an old one does: then it goes as it likes. */
  public static void keep(SystemdUnit unit) {
    of(unit.manager()).keep(unit.name());
  }

  /** Lets a unit go; it is no error if it is not kept. */
  public static void letGo(SystemdUnit unit) {
    of(unit.manager()).letGo(unit.name());
  }

  private synchronized void keep(String unit) {
    try {
      Systemd connected = systemd;
      if (connected == null) {
        connected = Systemd.connect(manager);
        systemd = connected;
      }
      connected.ref(unit);
      names.add(unit);
    } catch (IOException e) {
      log(unit, e);
    } finally {
      closeUnlessNeeded();
    }
  }

  private synchronized void letGo(String unit) {
    if (systemd == null || !names.remove(unit)) {
      return;
    }
    try {
      systemd.unref(unit);
    } catch (SystemdException e) {
      log(unit, e);
    } finally {
      closeUnlessNeeded();
    }
  }

  private void closeUnlessNeeded() {
    if (systemd != null && names.isEmpty()) {
      systemd.close();
      systemd = null;
    }
  }

  private static void log(String unit, IOException reason) {
    LOG.log(Level.DEBUG, "unit \"{0}\" is not kept: {1}", unit, reason.getMessage());
  }
}
