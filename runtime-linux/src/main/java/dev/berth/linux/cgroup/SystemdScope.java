package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.DeviceAllowList;
import dev.berth.core.systemd.DeviceProperties;
import dev.berth.core.systemd.LimitProperties;
import dev.berth.core.systemd.SystemdUnit;
import dev.berth.core.systemd.SystemdUnit.Manager;
import dev.berth.core.systemd.UnitProperty;
import dev.berth.core.text.KernelText;
import dev.berth.linux.systemd.KeptUnits;
import dev.berth.linux.systemd.Systemd;
import dev.berth.linux.systemd.SystemdException;
import dev.berth.spec.DeviceRule;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The unit of a container: a scope, or a slice if the configuration wants one. */
final class SystemdScope implements CgroupUnit {
  private static final System.Logger LOG = System.getLogger(SystemdScope.class.getName());

  private final SystemdUnit unit;
  private volatile boolean isTheContainers;

  private SystemdScope(SystemdUnit unit, boolean isTheContainers) {
    this.unit = unit;
    this.isTheContainers = isTheContainers;
  }

  /** One that is to be started. Until it is, there may come to be another of the same name. */
  static SystemdScope toBe(SystemdUnit unit) {
    return new SystemdScope(unit, false);
  }

  /** One that was written down. */
  static SystemdScope found(SystemdUnit unit) {
    return new SystemdScope(unit, true);
  }

  @Override
  public SystemdUnit unit() {
    return unit;
  }

  @Override
  public boolean isTheContainers() {
    return isTheContainers;
  }

  /** Starts it, has systemd keep it in mind when it is over, and returns its cgroup. */
  String start(List<UnitProperty> properties) throws CgroupException {
    try (Systemd systemd = Systemd.connect(unit.manager())) {
      start(systemd, properties);
      return systemd.controlGroup(unit.name()).orElse("none");
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void start(Systemd systemd, List<UnitProperty> properties) throws SystemdException {
    try {
      systemd.start(unit.name(), properties);
      isTheContainers = true;
      // A slice stays, with its cgroup, until it is stopped.
      if (!unit.isSlice()) {
        KeptUnits.keep(unit);
      }
    } catch (SystemdException e) {
      // It may come to be later, or in part.
      isTheContainers = !e.saysInUse();
      throw e;
    }
  }

  @Override
  public void change(List<CgroupWrite> writes, List<DeviceRule> devices) throws CgroupException {
    try {
      List<UnitProperty> properties = new ArrayList<>(LimitProperties.of(writes));
      if (!devices.isEmpty()) {
        properties.addAll(properties(unit.manager(), devices));
      }
      if (!properties.isEmpty()) {
        try (Systemd systemd = Systemd.connect(unit.manager())) {
          systemd.change(unit.name(), properties);
        }
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void attach(int pid, String inside) throws CgroupException {
    try (Systemd systemd = Systemd.connect(unit.manager())) {
      systemd.attach(unit.name(), inside, pid);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public CgroupUsage lastUsage() {
    try (Systemd systemd = Systemd.connect(unit.manager())) {
      return systemd.usage(unit.name());
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "what was used in unit \"{0}\" is not known: {1}",
          unit.name(),
          e.getMessage());
      return CgroupUsage.NONE;
    }
  }

  @Override
  public void letGo() {
    KeptUnits.letGo(unit);
  }

  @Override
  public void remove() throws CgroupException {
    try (Systemd systemd = Systemd.connect(unit.manager())) {
      systemd.remove(unit.name());
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** A user's systemd may not load the program that it takes. */
  static List<UnitProperty> properties(Manager manager, List<DeviceRule> devices)
      throws IOException {
    return switch (manager) {
      case SYSTEM ->
          DeviceProperties.of(
              DeviceAllowList.of(devices), KernelText.read(Path.of("/proc/devices")));
      case USER -> List.of();
    };
  }

  private static CgroupException failure(IOException cause) {
    return new CgroupException("systemd", cause);
  }
}
