package dev.berth.linux.cgroup;

import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.systemd.SystemdUnit.Manager;
import dev.berth.core.systemd.UnitPlace;
import dev.berth.linux.systemd.Systemd;
import java.io.IOException;
import java.util.Objects;

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
  public CgroupToBe foresee(CgroupRequest request) throws CgroupException {
    UnitPlace place = place(request);
    try (Systemd systemd = Systemd.connect(manager)) {
      // Of a unit that somebody else has, nothing may ever be the container's.
      systemd.requireOver(place.unit().name());
      CgroupPath path = path(systemd, place);
      CgroupState state = new CgroupState(path.value(), cgroups.madeBeside(path), place.unit());
      return new ScopeToBe(cgroups, place, state, request);
    } catch (IOException e) {
      throw failure(place, e);
    }
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

  static CgroupException failure(UnitPlace place, IOException cause) {
    return new CgroupException("systemd: unit \"%s\"".formatted(place.unit().name()), cause);
  }
}
