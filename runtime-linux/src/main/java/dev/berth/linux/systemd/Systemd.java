package dev.berth.linux.systemd;

import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.core.systemd.BusValue;
import dev.berth.core.systemd.SystemdUnit.Manager;
import dev.berth.core.systemd.UnitProperty;
import dev.berth.linux.sys.Host;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A systemd, by its methods on a bus; <a
 * href="https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html">org.freedesktop.systemd1(5)</a>.
 * Each has a connection of its own, for one thread and a few questions.
 */
public final class Systemd implements AutoCloseable {
  private static final String NAME = "org.freedesktop.systemd1";
  private static final String MANAGER = "org.freedesktop.systemd1.Manager";
  private static final String UNIT = "org.freedesktop.systemd1.Unit";
  private static final String SCOPE = "org.freedesktop.systemd1.Scope";
  private static final String SLICE = "org.freedesktop.systemd1.Slice";
  private static final String PATH = "/org/freedesktop/systemd1";
  private static final Bus.Target ON_MANAGER = new Bus.Target(NAME, PATH, MANAGER);
  private static final Bus.Target ON_BUS =
      new Bus.Target("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus");

  private static final String NO_SUCH_UNIT = "org.freedesktop.systemd1.NoSuchUnit";
  private static final String NO_SUCH_PROPERTY = "org.freedesktop.DBus.Error.UnknownProperty";

  /** What a number is that systemd does not know. */
  private static final long UNKNOWN = -1;

  /** Whatever job of the unit is under way gives way. */
  private static final String REPLACE = "replace";

  private static final Duration JOB_DONE_WITHIN = Duration.ofSeconds(30);
  private static final Duration OVER_WITHIN = Duration.ofSeconds(2);
  private static final Duration UNLOADED_WITHIN = Duration.ofSeconds(5);
  private static final Duration A_MOMENT = Duration.ofMillis(5);

  private final Bus bus;

  private Systemd(Bus bus) {
    this.bus = bus;
  }

  /**
   * Connects.
   *
   * @throws dev.berth.UnsupportedFeatureException if there is none, or no way to it
   */
  public static Systemd connect(Manager manager) throws IOException {
    return new Systemd(Bus.open(BusAddress.of(manager, Host.uidOnHost())));
  }

  /** The cgroup that its units' are in; empty for the root. */
  public String controlGroup() throws SystemdException {
    String path = property(PATH, MANAGER, "ControlGroup");
    return path.equals("/") ? "" : path;
  }

  /**
   * The cgroup of a unit.
   *
   * @return empty if it has none, or there is no such unit
   */
  public Optional<String> controlGroup(String unit) throws SystemdException {
    Optional<String> object = object(unit);
    if (object.isEmpty()) {
      return Optional.empty();
    }
    String type = unit.endsWith(".slice") ? SLICE : SCOPE;
    return Optional.of(property(object.get(), type, "ControlGroup"))
        .filter(path -> !path.isEmpty());
  }

  /**
   * Makes a unit and starts it, and returns when it is there.
   *
   * @throws SystemdException if there is one of this name that is at work
   */
  public void start(String unit, List<UnitProperty> properties) throws SystemdException {
    try {
      watchJobsOf(unit);
      finish(unit, startTransientUnit(unit, properties));
    } catch (SystemdException e) {
      throw e.during("start unit \"%s\"".formatted(unit));
    }
  }

  /** One that failed is kept until somebody has seen it; one that is over goes by itself, soon. */
  private String startTransientUnit(String unit, List<UnitProperty> properties)
      throws SystemdException {
    long deadline = System.nanoTime() + UNLOADED_WITHIN.toNanos();
    while (true) {
      try {
        return callStart(unit, properties);
      } catch (SystemdException e) {
        if (!e.saysInUse() || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
      requireOver(unit);
      resetFailed(unit);
      LockSupport.parkNanos(A_MOMENT.toNanos());
    }
  }

  private String callStart(String unit, List<UnitProperty> properties) throws SystemdException {
    BusValue noFurtherUnits = new BusValue.Array("(sa(sv))", List.of());
    try (BusMessage reply =
        bus.call(
            ON_MANAGER,
            "StartTransientUnit",
            BusValue.text(unit),
            BusValue.text(REPLACE),
            UnitProperty.all(properties),
            noFurtherUnits)) {
      return reply.text('o');
    }
  }

  /**
   * Lets pass a name that no unit has which is at work.
   *
   * @throws SystemdException if one has
   */
  public void requireOver(String unit) throws SystemdException {
    String state = state(unit);
    if (!isOver(state)) {
      throw new SystemdException(
          "there is one of this name already, which is %s; stop it (systemctl stop %s), or choose another name in linux.cgroupsPath"
              .formatted(state, unit),
          SystemdException.UNIT_EXISTS);
    }
  }

  private static boolean isOver(String state) {
    return state.equals("failed") || state.equals("inactive");
  }

  /** Has a unit stay loaded when it is over, until {@link #unref} or the end of this connection. */
  void ref(String unit) throws SystemdException {
    bus.call(ON_MANAGER, "RefUnit", BusValue.text(unit)).close();
  }

  /** Takes that back. */
  void unref(String unit) throws SystemdException {
    bus.call(ON_MANAGER, "UnrefUnit", BusValue.text(unit)).close();
  }

  /**
   * What was used in a scope whose cgroup is gone. systemd reads it before it removes the cgroup,
   * and says afterwards that the unit is over, which is waited for.
   *
   * @return nothing of a unit that is not loaded
   */
  public CgroupUsage usage(String scope) throws SystemdException {
    long deadline = System.nanoTime() + OVER_WITHIN.toNanos();
    while (!isOver(state(scope)) && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(A_MOMENT.toNanos());
    }
    Optional<String> object = object(scope);
    return object.isPresent() ? usageOf(object.get()) : CgroupUsage.NONE;
  }

  private CgroupUsage usageOf(String object) throws SystemdException {
    OptionalLong cpu = figure(object, "CPUUsageNSec");
    return new CgroupUsage(
        Optional.empty(),
        Optional.empty(),
        cpu.isPresent() ? Optional.of(Duration.ofNanos(cpu.getAsLong())) : Optional.empty(),
        figure(object, "MemoryPeak"),
        figure(object, "IOReadBytes"),
        figure(object, "IOWriteBytes"),
        Optional.empty(),
        OptionalLong.empty());
  }

  /** Empty if systemd does not count it, or is too old to tell. */
  private OptionalLong figure(String object, String name) throws SystemdException {
    try (BusMessage reply = get(object, SCOPE, name)) {
      reply.enterVariant("t");
      long figure = reply.number64();
      return figure == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(figure);
    } catch (SystemdException e) {
      if (e.is(NO_SUCH_PROPERTY)) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  /** Changes properties of a unit, until the next boot. */
  public void change(String unit, List<UnitProperty> properties) throws SystemdException {
    try {
      bus.call(
              ON_MANAGER,
              "SetUnitProperties",
              BusValue.text(unit),
              BusValue.flag(true),
              UnitProperty.all(properties))
          .close();
    } catch (SystemdException e) {
      throw e.during("change unit \"%s\"".formatted(unit));
    }
  }

  /**
   * Puts a process into the cgroup of a unit that is delegated, or into one inside, where the
   * kernel may not let the process itself: systemd may ask another one, that of the system.
   *
   * @param inside with a slash in front; empty for the unit's own
   */
  public void attach(String unit, String inside, int pid) throws SystemdException {
    try {
      bus.call(
              ON_MANAGER,
              "AttachProcessesToUnit",
              BusValue.text(unit),
              BusValue.text(inside),
              BusValue.onlyPid(pid))
          .close();
    } catch (SystemdException e) {
      throw e.during("put process %s into unit \"%s\"".formatted(pid, unit));
    }
  }

  /** Stops a unit, and returns when nothing of it is left; it is no error if it is gone already. */
  public void remove(String unit) throws SystemdException {
    try {
      watchJobsOf(unit);
      stop(unit);
      long deadline = System.nanoTime() + UNLOADED_WITHIN.toNanos();
      while (object(unit).isPresent() && System.nanoTime() - deadline < 0) {
        resetFailed(unit);
        LockSupport.parkNanos(A_MOMENT.toNanos());
      }
    } catch (SystemdException e) {
      throw e.during("stop unit \"%s\"".formatted(unit));
    }
  }

  private void stop(String unit) throws SystemdException {
    String job;
    try (BusMessage reply =
        bus.call(ON_MANAGER, "StopUnit", BusValue.text(unit), BusValue.text(REPLACE))) {
      job = reply.text('o');
    } catch (SystemdException e) {
      if (e.is(NO_SUCH_UNIT)) {
        return;
      }
      throw e;
    }
    finish(unit, job);
  }

  private void resetFailed(String unit) throws SystemdException {
    try {
      bus.call(ON_MANAGER, "ResetFailedUnit", BusValue.text(unit)).close();
    } catch (SystemdException e) {
      if (!e.is(NO_SUCH_UNIT)) {
        throw e;
      }
    }
  }

  /** Before the job is there, since it may be done before its name is known here. */
  private void watchJobsOf(String unit) throws SystemdException {
    String rule =
        "type='signal',sender='%s',path='%s',interface='%s',member='JobRemoved',arg2='%s'"
            .formatted(NAME, PATH, MANAGER, unit);
    bus.call(ON_BUS, "AddMatch", BusValue.text(rule)).close();
  }

  private void finish(String unit, String job) throws SystemdException {
    long deadline = System.nanoTime() + JOB_DONE_WITHIN.toNanos();
    while (true) {
      Optional<BusMessage> next = bus.next(Duration.ofNanos(deadline - System.nanoTime()));
      if (next.isEmpty()) {
        throw new SystemdException(
            "not done after %s s; the unit is %s"
                .formatted(JOB_DONE_WITHIN.toSeconds(), state(unit)));
      }
      try (BusMessage message = next.get()) {
        if (message.isSignal(MANAGER, "JobRemoved")) {
          message.number32();
          if (message.text('o').equals(job)) {
            message.text('s');
            requireDone(unit, message.text('s'));
            return;
          }
        }
      }
    }
  }

  private void requireDone(String unit, String result) throws SystemdException {
    if (!result.equals("done")) {
      throw new SystemdException(
          "systemd says \"%s\", and that the unit is %s; journalctl -u %s may know more"
              .formatted(result, state(unit), unit));
    }
  }

  private String state(String unit) throws SystemdException {
    Optional<String> object = object(unit);
    return object.isEmpty() ? "inactive" : property(object.get(), UNIT, "ActiveState");
  }

  /** Where the unit is on the bus, if it is loaded. */
  private Optional<String> object(String unit) throws SystemdException {
    try (BusMessage reply = bus.call(ON_MANAGER, "GetUnit", BusValue.text(unit))) {
      return Optional.of(reply.text('o'));
    } catch (SystemdException e) {
      if (e.is(NO_SUCH_UNIT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private String property(String path, String interfaceName, String name) throws SystemdException {
    try (BusMessage reply = get(path, interfaceName, name)) {
      reply.enterVariant("s");
      return reply.text('s');
    }
  }

  private BusMessage get(String path, String interfaceName, String name) throws SystemdException {
    Bus.Target target = new Bus.Target(NAME, path, "org.freedesktop.DBus.Properties");
    return bus.call(target, "Get", BusValue.text(interfaceName), BusValue.text(name));
  }

  @Override
  public void close() {
    bus.close();
  }
}
