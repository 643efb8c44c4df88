package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.systemd.AnnotatedProperties;
import dev.berth.core.systemd.BusValue;
import dev.berth.core.systemd.LimitProperties;
import dev.berth.core.systemd.UnitPlace;
import dev.berth.core.systemd.UnitProperty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cgroup of a unit that is to be started.
 *
 * @param foreseen what will have been made of it
 */
record ScopeToBe(Cgroups cgroups, UnitPlace place, CgroupState foreseen, CgroupRequest request)
    implements CgroupToBe {

  @Override
  public Optional<CgroupState> state() {
    return Optional.of(foreseen);
  }

  @Override
  public Optional<NewCgroup> make() throws CgroupException {
    CgroupPath path = new CgroupPath(foreseen.path());
    List<CgroupWrite> writes = cgroups.foreseen(path, request.resources());
    cgroups.requireControllers(writes);
    List<UnitProperty> properties = properties(writes);
    SystemdScope scope = SystemdScope.toBe(place.unit());
    Cgroup cgroup = cgroups.find(foreseen, scope);
    return Optional.of(
        new NewCgroup(
            cgroup,
            pid -> {
              start(scope, cgroup, properties, pid);
              cgroups.admit(pid, place.unit(), cgroup, request);
            }));
  }

  private List<UnitProperty> properties(List<CgroupWrite> writes) throws CgroupException {
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
      properties.addAll(
          SystemdScope.properties(place.unit().manager(), request.resources().devices()));
    } catch (IOException e) {
      throw SystemdCgroups.failure(place, e);
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
}
