package dev.berth.linux.cgroup;

import dev.berth.Problem;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupBase;
import dev.berth.core.cgroup.CgroupContents;
import dev.berth.core.cgroup.CgroupFigures;
import dev.berth.core.cgroup.CgroupLayout;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.LimitHints;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.systemd.SystemdUnit;
import dev.berth.core.systemd.UnitPlace;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.DeviceRule;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The host's cgroups, and how containers get theirs. It holds a descriptor of each hierarchy's
 * root, is opened once, and is used by all threads.
 */
public abstract sealed class Cgroups implements CgroupMaker, AutoCloseable
    permits CgroupsV1, CgroupsV2 {

  static final String NOTHING_MOUNTED =
      "no cgroup file system is mounted; mount one on /sys/fs/cgroup";

  private final List<Hierarchy> hierarchies;
  private final CgroupLayout layout;

  Cgroups(List<Hierarchy> hierarchies) {
    this.hierarchies = List.copyOf(hierarchies);
    this.layout = new CgroupLayout(hierarchies.stream().map(Hierarchy::mount).toList());
  }

  /** What is mounted. */
  public CgroupLayout layout() {
    return layout;
  }

  /**
   * Opens what this process finds mounted.
   *
   * @throws IOException if {@code /proc} cannot be read or a hierarchy not be opened
   */
  public static Cgroups open() throws IOException {
    return open(CgroupLayout.ofThisProcess());
  }

  static Cgroups open(CgroupLayout layout) throws CgroupException {
    List<Hierarchy> opened = new ArrayList<>();
    try {
      for (MountedHierarchy mount : layout.hierarchies()) {
        opened.add(Hierarchy.open(mount));
      }
      return layout.isV1() ? CgroupsV1.of(opened) : CgroupsV2.of(opened);
    } catch (CgroupException e) {
      opened.forEach(Hierarchy::close);
      throw e;
    }
  }

  /**
   * Moves this JVM into a cgroup of its own inside the one that it is in, and hands the controllers
   * of that one down, so that containers can lie in it. Done once, it does nothing.
   *
   * @throws UnsupportedFeatureException if that cgroup is not this JVM's alone
   */
  public abstract void adopt() throws CgroupException;

  @Override
  public CgroupPath path(CgroupRequest request) throws CgroupException {
    String place = request.cgroupsPath();
    if (place != null && UnitPlace.isMeantBy(place)) {
      throw new IllegalArgumentException(
          "linux.cgroupsPath: \"%s\" is a place in systemd, and not a path; let systemd make the cgroup (--systemd-cgroup), or name a path"
              .formatted(place));
    }
    // Whoever says where from the root on need not wait for the rest to be found out.
    CgroupBase base = CgroupPath.isAbsolute(place) ? CgroupBase.ROOT : base();
    return base.place(place, request.id());
  }

  @Override
  public CgroupToBe foresee(CgroupRequest request) throws CgroupException {
    return new DirectoriesToBe(this, path(request), request);
  }

  /** The cgroup that was written down; whether it is still there is not asked. */
  public Cgroup find(CgroupState state) {
    return find(state, null);
  }

  /** The same, of a unit. */
  final Cgroup find(CgroupState state, @Nullable CgroupUnit unit) {
    return new Cgroup(this, directories(state), unit);
  }

  private CgroupDirectories directories(CgroupState state) {
    CgroupPath path = new CgroupPath(state.path());
    return new CgroupDirectories(
        path,
        hierarchies.stream()
            .map(hierarchy ->
                new CgroupDirectory(hierarchy, path, state.made().get(hierarchy.mount().name())))
            .toList());
  }

  /**
   * What is to be removed of a cgroup that systemd makes, by hierarchy: where it is not systemd
   * that does it, the cgroups above go as well.
   */
  final Map<String, String> madeBeside(CgroupPath path) throws CgroupException {
    Map<String, String> made = new LinkedHashMap<>();
    for (Hierarchy hierarchy : hierarchies) {
      String top =
          hierarchy.isOfSystemd()
              ? path.value()
              : CgroupDirectory.missing(hierarchy, path).orElse(path.value());
      made.put(hierarchy.mount().name(), top);
    }
    return made;
  }

  /** What the limits of a cgroup that is not there yet are written to. */
  final List<CgroupWrite> foreseen(CgroupPath path, LinuxResources resources)
      throws CgroupException {
    return writes(path, resources, CgroupContents.ASSUMED);
  }

  /**
   * Has the limits of a cgroup hold that systemd has just made, and puts a process into it in the
   * hierarchies that are none of systemd's.
   */
  final void admit(int pid, SystemdUnit unit, Cgroup cgroup, CgroupRequest request)
      throws CgroupException {
    CgroupPath path = cgroup.path();
    try {
      for (Hierarchy hierarchy : hierarchies) {
        CgroupDirectory.make(hierarchy, path);
      }
      limit(cgroup, foreseen(path, request.resources()), request);
      for (Hierarchy hierarchy : hierarchies) {
        if (unit.isSlice() || !hierarchy.isOfSystemd()) {
          hierarchy.write(path.fromRoot(), CgroupDirectory.PROCS, Integer.toString(pid));
        }
      }
    } catch (SyscallException e) {
      throw notMade("cgroup \"%s\": put process %s into it".formatted(path, pid), e);
    }
  }

  /** What to tell if a cgroup cannot be made, or joined, and what helps. */
  final CgroupException notMade(String goal, SyscallException cause) {
    return switch (cause.errno()) {
      case EACCES, EPERM -> new CgroupException(goal, cause, hint());
      case EROFS -> new CgroupException(goal, cause, "mount the cgroup file system read-write");
      default -> new CgroupException(goal, cause);
    };
  }

  final List<Hierarchy> hierarchies() {
    return hierarchies;
  }

  /** Closes the descriptors. Cgroups that were made or found with this cannot be used then. */
  @Override
  public void close() {
    hierarchies.forEach(Hierarchy::close);
  }

  /**
   * Lets a process that was killed end, though its cgroup is frozen: moves it to the root of cgroup
   * v1's freezer, which is never frozen. The other processes stay as they are. In cgroup v2 SIGKILL
   * ends a frozen process.
   */
  public final void takeOutOfFreezer(int pid) throws CgroupException {
    Optional<Hierarchy> freezer = layout.isV1() ? hierarchyOf("freezer") : Optional.empty();
    try {
      if (freezer.isPresent()) {
        freezer.get().write(".", CgroupDirectory.PROCS, Integer.toString(pid));
      }
    } catch (SyscallException e) {
      if (e.errno() != Errno.ESRCH) { // it has ended meanwhile
        throw new CgroupException("take process %s out of its frozen cgroup".formatted(pid), e);
      }
    }
  }

  /** Where containers' cgroups are, unless they say where from the root on. */
  abstract CgroupBase base() throws CgroupException;

  /** How a user gets a cgroup where the kernel lets him make none. */
  abstract String hint();

  /** What of {@code resources} is left out on this host, since it has no such limit. */
  public abstract List<Problem> leftOut(LinuxResources resources);

  /** The limits but for devices, in the files that these hierarchies have. */
  abstract List<CgroupWrite> writes(LinuxResources resources, CgroupContents contents)
      throws IOException;

  final List<CgroupWrite> writes(CgroupPath path, LinuxResources resources, CgroupContents contents)
      throws CgroupException {
    try {
      return writes(resources, contents);
    } catch (IOException e) {
      throw new CgroupException("cgroup \"%s\"".formatted(path), e);
    }
  }

  /** Where a controller has its files, if it is there; of {@link CgroupWrite#CORE} in cgroup v2. */
  abstract Optional<Hierarchy> hierarchyOf(String controller);

  /** What is counted in the files of a cgroup. */
  abstract CgroupFigures figures(CgroupContents contents);

  /** Why a controller is not there, though there are hierarchies. */
  abstract String missing(String controller);

  /** Does what a new cgroup needs before it can take limits and processes. */
  abstract void prepare(Cgroup cgroup, List<CgroupWrite> writes) throws CgroupException;

  /**
   * Lets the processes of a cgroup use these devices, those that every container gets, and no
   * others.
   *
   * @throws UnsupportedFeatureException if nothing on this host could enforce it
   */
  abstract void restrictDevices(CgroupPath path, List<DeviceRule> rules) throws CgroupException;

  /** Lets a user manage what is inside a cgroup, where that is possible without harm. */
  abstract void delegate(CgroupPath path, long uid) throws CgroupException;

  /** The same for a cgroup in use, in which other rules hold already. */
  void changeDevices(CgroupPath path, List<DeviceRule> rules) throws CgroupException {
    restrictDevices(path, rules);
  }

  /**
   * Whether device rules must hold. Only root of the first user namespace could have let a
   * container make device nodes; for all others it is no failure that the kernel refuses rules.
   */
  static boolean needsDeviceRules() throws CgroupException {
    try {
      return Host.geteuid() == 0 && Host.isInFirstUserNamespace();
    } catch (IOException e) {
      throw new CgroupException("look for user namespace", e);
    }
  }

  final void requireControllers(List<CgroupWrite> writes) {
    for (CgroupWrite write : writes) {
      if (hierarchyOf(write.controller()).isEmpty()) {
        String why = hierarchies.isEmpty() ? NOTHING_MOUNTED : missing(write.controller());
        throw new UnsupportedFeatureException(write.goal() + ": " + why);
      }
    }
  }

  /**
   * Writes in order; but what the kernel finds invalid it may find valid after the rest. Which of
   * two limits that bound each other goes first depends on what they were before.
   */
  final void apply(CgroupPath path, List<CgroupWrite> writes) throws CgroupException {
    apply(path, writes, _ -> {});
  }

  /**
   * The same.
   *
   * @param written is told each write as soon as it is done
   */
  final void apply(CgroupPath path, List<CgroupWrite> writes, Consumer<CgroupWrite> written)
      throws CgroupException {
    List<CgroupWrite> again = new ArrayList<>();
    for (CgroupWrite write : writes) {
      try {
        write(path, write);
        written.accept(write);
      } catch (SyscallException e) {
        if (e.errno() != Errno.EINVAL) {
          throw failure(path, write, e);
        }
        again.add(write);
      }
    }
    for (CgroupWrite write : again) {
      try {
        write(path, write);
        written.accept(write);
      } catch (SyscallException e) {
        throw failure(path, write, e);
      }
    }
  }

  private void write(CgroupPath path, CgroupWrite write) throws SyscallException {
    hierarchy(write).write(path.fromRoot(), write.file(), write.value());
  }

  private CgroupException failure(CgroupPath path, CgroupWrite write, SyscallException cause) {
    String file = hierarchy(write).hostPath(path.fromRoot() + "/" + write.file());
    String goal = "%s: write \"%s\" to %s".formatted(write.goal(), write.value(), file);
    return LimitHints.of(write, cause.errno().name())
        .map(hint -> new CgroupException(goal, cause, hint))
        .orElseGet(() -> new CgroupException(goal, cause));
  }

  private Hierarchy hierarchy(CgroupWrite write) {
    return hierarchyOf(write.controller())
        .orElseThrow(() -> new IllegalStateException("no hierarchy for " + write));
  }

  /**
   * Has limits hold for a new cgroup.
   *
   * @param foreseen what they are written to
   */
  final void limit(Cgroup cgroup, List<CgroupWrite> foreseen, CgroupRequest request)
      throws CgroupException {
    prepare(cgroup, foreseen);
    apply(cgroup.path(), cgroup.writes(request.resources()));
    restrictDevices(cgroup.path(), request.resources().devices());
    if (request.owner().isPresent()) {
      delegate(cgroup.path(), request.owner().getAsLong());
    }
  }
}
