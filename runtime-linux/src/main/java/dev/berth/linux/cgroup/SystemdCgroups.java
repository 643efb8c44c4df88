package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.systemd.AnnotatedProperties;
import dev.berth.core.systemd.BusValue;
import dev.berth.core.systemd.LimitProperties;
import dev.berth.core.systemd.SystemdUnit.Manager;
import dev.berth.core.systemd.UnitPlace;
import dev.berth.core.systemd.UnitProperty;
import dev.berth.linux.systemd.Systemd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Has systemd make the cgroups of containers, each by a unit. A scope takes a process, so the
 * cgroup is made around the first one, which waits. What systemd has no word for is written to the
 * files, as without systemd; and what it has one for is written as well, since it rounds.
 */
public final class SystemdCgroups implements CgroupMaker {

  private final Cgroups cgroups;
  private final Manager manager;

  /**
   * @param cgroups the host's
   */
  public SystemdCgroups(Cgroups cgroups, Manager manager) {
    this.cgroups = cgroups;
    this.manager = manager;
  }

  @Override
  public CgroupPath path(CgroupRequest request) throws CgroupException {
    UnitPlace place = place(request);
    try (Systemd systemd = Systemd.connect(manager)) {
      return path(systemd, place);
    } catch (IOException e) {
      throw failure(place, e);
    }
  }

  @Override
  public Optional<CgroupState> foresee(CgroupRequest request) throws CgroupException {
    UnitPlace place = place(request);
    try (Systemd systemd = Systemd.connect(manager)) {
      // Of a unit that somebody else has, nothing may ever be the container's.
      systemd.requireOver(place.unit().name());
      CgroupPath path = path(systemd, place);
      return Optional.of(new CgroupState(path.value(), cgroups.madeBeside(path), place.unit()));
    } catch (IOException e) {
      throw failure(place, e);
    }
  }

  @Override
  public Optional<NewCgroup> create(CgroupRequest request) throws CgroupException {
    UnitPlace place = place(request);
    CgroupState state = foresee(request).orElseThrow();
    List<CgroupWrite> writes = cgroups.foreseen(new CgroupPath(state.path()), request.resources());
    cgroups.requireControllers(writes);
    List<UnitProperty> properties = properties(request, place, writes);
    SystemdScope scope = SystemdScope.toBe(place.unit());
    Cgroup cgroup = cgroups.find(state, scope);
    return Optional.of(
        new NewCgroup(
            cgroup,
            Optional.of(pid -> {
              start(scope, cgroup, properties, pid);
              cgroups.admit(pid, place.unit(), cgroup, request);
            })));
  }

  /** The cgroup that was written down; whether it is still there is not asked. */
  public static Cgroup find(Cgroups cgroups, CgroupState state) {
    return cgroups.find(state, SystemdScope.found(Objects.requireNonNull(state.unit(), "unit")));
  }

  private UnitPlace place(CgroupRequest request) {
    return UnitPlace.of(request.cgroupsPath(), request.id(), manager);
  }

  private static CgroupPath path(Systemd systemd, UnitPlace place) throws IOException {
    return new CgroupPath(systemd.controlGroup() + place.cgroup());
  }

  private List<UnitProperty> properties(
      CgroupRequest request, UnitPlace place, List<CgroupWrite> writes) throws CgroupException {
    List<UnitProperty> properties = new ArrayList<>();
    properties.add(
        new UnitProperty("Description", BusValue.text("Berth container " + request.id())));
    if (place.unit().isSlice()) {
      properties.add(new UnitProperty("Wants", BusValue.texts(List.of(place.slice()))));
    } else {
      properties.add(new UnitProperty("Slice", BusValue.text(place.slice())));
      properties.add(new UnitProperty("Delegate", BusValue.flag(true)));
    }
    for (String accounting : List.of("Memory", "CPU", "IO", "Tasks")) {
      properties.add(new UnitProperty(accounting + "Accounting", BusValue.flag(true)));
    }
    // With those it would be stopped, with everything else, before the shutdown really begins.
    properties.add(new UnitProperty("DefaultDependencies", BusValue.flag(false)));
    properties.addAll(AnnotatedProperties.of(request.annotations()));
    properties.addAll(LimitProperties.of(writes));
    try {
      properties.addAll(SystemdScope.properties(manager, request.resources().devices()));
    } catch (IOException e) {
      throw failure(place, e);
    }
    return properties;
  }

  private static void start(
      SystemdScope scope, Cgroup cgroup, List<UnitProperty> properties, int pid)
      throws CgroupException {
    List<UnitProperty> all = new ArrayList<>(properties);
    if (!scope.unit().isSlice()) {
      all.add(new UnitProperty("PIDs", BusValue.onlyPid(pid)));
    }
    String actual = scope.start(all);
    if (!actual.equals(cgroup.path().value())) {
      throw new CgroupException(
          "systemd: unit \"%s\": its cgroup is %s, and not %s as its name says"
              .formatted(scope.unit().name(), actual, cgroup.path()));
    }
  }

  private static CgroupException failure(UnitPlace place, IOException cause) {
    return new CgroupException("systemd: unit \"%s\"".formatted(place.unit().name()), cause);
  }
}
