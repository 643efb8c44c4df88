package dev.berth.linux.cgroup;

import dev.berth.Stats;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupFigures;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.cgroup.CgroupUsage;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.cgroup.ResourceChange;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.SyscallException;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The cgroup of a container: a directory in each hierarchy, on the same path. */
public final class Cgroup {

  /** Inside a split cgroup, that of the first process. */
  private static final String LEAF = "init";

  private static long lastNumber;

  private final Cgroups cgroups;
  private final CgroupPath path;
  private final List<CgroupDirectory> directories;
  private final @Nullable CgroupUnit unit;

  /**
   * @param unit that the cgroup belongs to; {@code null} for one of files alone
   */
  Cgroup(
      Cgroups cgroups,
      CgroupPath path,
      List<CgroupDirectory> directories,
      @Nullable CgroupUnit unit) {
    this.cgroups = cgroups;
    this.path = path;
    this.directories = List.copyOf(directories);
    this.unit = unit;
  }

  /** Where it is in every hierarchy. */
  public CgroupPath path() {
    return path;
  }

  /** What to write down, for {@link Cgroups#find}. */
  public CgroupState state() {
    Map<String, String> made = new LinkedHashMap<>();
    for (CgroupDirectory directory : directories) {
      if (directory.made() != null) {
        made.put(directory.hierarchy().mount().name(), directory.made());
      }
    }
    return new CgroupState(path.value(), made, unit == null ? null : unit.unit());
  }

  /** The hierarchies that it is in. */
  public List<MountedHierarchy> hierarchies() {
    return directories.stream().map(directory -> directory.hierarchy().mount()).toList();
  }

  /** Its directory on the host. */
  public Path directory(MountedHierarchy hierarchy) {
    return Path.of(hierarchy.mountPoint(), path.fromRoot());
  }

  /**
   * Opens {@code cgroup.procs} for writing: a process that writes {@code 0} to it joins the cgroup.
   *
   * @param hierarchy its {@linkplain MountedHierarchy#name() name}
   * @throws IllegalArgumentException if there is none of that name
   */
  public Fd openProcs(String hierarchy) throws CgroupException {
    CgroupDirectory directory =
        directories.stream()
            .filter(each -> each.hierarchy().mount().name().equals(hierarchy))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no hierarchy \"" + hierarchy + "\""));
    try {
      return directory
          .hierarchy()
          .open(directory.fromRoot() + "/" + CgroupDirectory.PROCS, Directories.O_WRONLY);
    } catch (SyscallException e) {
      throw notOpened("cgroup.procs of hierarchy \"%s\"".formatted(hierarchy), directory, e);
    }
  }

  /**
   * Opens the directory in the hierarchy of cgroup v2, for {@code CLONE_INTO_CGROUP}, which is
   * faster than to move a process that runs already.
   *
   * @return empty if that hierarchy is not mounted
   */
  public Optional<Fd> openUnified() throws CgroupException {
    Optional<CgroupDirectory> unified = unified();
    if (unified.isEmpty()) {
      return Optional.empty();
    }
    try {
      int flags = Directories.O_PATH | Directories.O_DIRECTORY;
      return Optional.of(unified.get().hierarchy().open(unified.get().fromRoot(), flags));
    } catch (SyscallException e) {
      throw notOpened("directory of cgroup v2", unified.get(), e);
    }
  }

  /**
   * Cgroups inside this one, for a process to be in; whether they are there is not asked.
   *
   * @param path from this one, in a hierarchy; empty for this one itself
   */
  public Cgroup inside(Function<MountedHierarchy, String> path) {
    return new Cgroup(
        cgroups,
        this.path,
        directories.stream()
            .map(directory -> directory.inside(path.apply(directory.hierarchy().mount())))
            .toList(),
        null);
  }

  /** Whether it is in the hierarchy of cgroup v2, and in no other. */
  boolean isUnifiedAlone() {
    return directories.stream().allMatch(each -> each.hierarchy().mount().isUnified());
  }

  /**
   * Makes a cgroup inside, in every hierarchy, which is removed by itself.
   *
   * @param prefix of its name
   */
  public Cgroup makeInside(String prefix) throws CgroupException {
    while (true) {
      Optional<Cgroup> made = new InnerCgroups(cgroups, directories).make(prefix + newNumber());
      if (made.isPresent()) {
        return made.get();
      }
    }
  }

  private static synchronized long newNumber() {
    return ++lastNumber;
  }

  /** Makes the cgroup inside for the first process of a container. */
  Cgroup makeLeaf() throws CgroupException {
    boolean isRemoved = unit != null || directories.stream().allMatch(each -> each.made() != null);
    if (!isRemoved) {
      throw new CgroupException(
          "cgroup \"%s\": split: it was there before; name one that is not".formatted(path));
    }
    return new InnerCgroups(cgroups, directories)
        .make(LEAF)
        .orElseThrow(() ->
            new CgroupException(
                "cgroup \"%s\": split: there is already a cgroup \"%s\" in it"
                    .formatted(path, LEAF)));
  }

  /** Moves a process into it, in cgroup v2. */
  void admit(int pid) throws CgroupException {
    try {
      for (CgroupDirectory directory : directories) {
        directory
            .hierarchy()
            .write(directory.fromRoot(), CgroupDirectory.PROCS, Integer.toString(pid));
      }
    } catch (SyscallException e) {
      throw failure("move process %d into it".formatted(pid), e);
    }
  }

  /**
   * How systemd puts a process into {@code place}, where the kernel does not let this one; empty if
   * systemd has not made this cgroup.
   *
   * @param place this one, or one inside
   */
  public Optional<NewCgroup.Entrance> entranceTo(Cgroup place) {
    Optional<String> inside =
        place.unified().map(each -> each.path().value().substring(path.value().length()));
    return inside.isPresent() && unit != null
        ? Optional.of(pid -> unit.attach(pid, inside.get()))
        : Optional.empty();
  }

  /** Hands all controllers down that it has, in cgroup v2. */
  void handDownAll() throws CgroupException {
    for (CgroupDirectory directory : directories) {
      new SubtreeControl(directory.hierarchy()).handDownAll(directory.fromRoot());
    }
  }

  /** What stops its processes, and lets them go on. */
  public CgroupFreezer freezer() {
    return new CgroupFreezer(cgroups, path, directories);
  }

  /** A change of its limits, which is yet to be made. */
  public CgroupUpdate update(ResourceChange change) {
    return new CgroupUpdate(cgroups, this, change);
  }

  /** Sets limits, and leaves what {@code resources} does not mention as it is. */
  void apply(LinuxResources resources) throws CgroupException {
    update(new ResourceChange(LinuxResources.NONE, resources)).make();
  }

  /** The unit that it belongs to. */
  Optional<CgroupUnit> unit() {
    return Optional.ofNullable(unit);
  }

  /**
   * What there is to write for {@code resources} now, and where, but for the device rules. A limit
   * that has several files has the one here that this cgroup has.
   *
   * @throws UnsupportedFeatureException if a limit needs a controller that is not there
   * @throws CgroupException if memory in use is more than a limit that is to be checked before
   */
  public List<CgroupWrite> writes(LinuxResources resources) throws CgroupException {
    List<CgroupWrite> writes = cgroups.writes(path, resources, new LiveContents(cgroups, path));
    cgroups.requireControllers(writes);
    return writes;
  }

  /**
   * What the file of {@code write} says now.
   *
   * @return empty if there is no such file
   */
  public Optional<String> read(CgroupWrite write) throws CgroupException {
    return new LiveContents(cgroups, path).read(write.controller(), write.file());
  }

  /**
   * The processes in it, and in cgroups that were made in it, by pid; 0 for one that this JVM's PID
   * namespace cannot see.
   */
  public List<Integer> processes() throws CgroupException {
    try {
      return new CgroupProcesses(directories).pids();
    } catch (SyscallException e) {
      throw failure("list processes", e);
    }
  }

  /** What its processes use and have used; everything is absent of one that is gone. */
  public Stats stats() throws CgroupException {
    return read(figures -> figures.stats(Instant.now()));
  }

  /** What was used in it up to now; nothing is counted in one that is gone. */
  public CgroupUsage usage() throws CgroupException {
    return read(CgroupFigures::usage);
  }

  /** Whether it is still there, in every hierarchy. */
  boolean exists() throws CgroupException {
    try {
      for (CgroupDirectory directory : directories) {
        if (!directory.hierarchy().exists(directory.fromRoot())) {
          return false;
        }
      }
      return true;
    } catch (SyscallException e) {
      throw failure("look for it", e);
    }
  }

  private interface Reading<T> {
    T from(CgroupFigures figures) throws IOException;
  }

  private <T> T read(Reading<T> reading) throws CgroupException {
    try {
      return reading.from(cgroups.figures(new FigureFiles(directories)));
    } catch (CgroupException e) {
      throw e;
    } catch (IOException e) {
      throw new CgroupException("cgroup \"%s\": read figures".formatted(path), e);
    }
  }

  /** What the memory controller counts in it; empty where there is no such controller. */
  public Optional<MemoryCounters> memoryCounters() {
    return cgroups
        .hierarchyOf("memory")
        .map(hierarchy -> MemoryCounters.of(hierarchy, path.fromRoot()));
  }

  /** Tells whether there are processes in it, and whether it is frozen; only cgroup v2 has it. */
  public Optional<CgroupFile> events() {
    return unified()
        .map(directory ->
            new CgroupFile(directory.hierarchy(), directory.fromRoot(), "cgroup.events"));
  }

  /** Counts processes that could not be made; version 1 has such a file but never tells of it. */
  public Optional<CgroupFile> pidsEvents() {
    return cgroups
        .hierarchyOf("pids")
        .filter(hierarchy -> hierarchy.mount().isUnified())
        .map(hierarchy -> new CgroupFile(hierarchy, path.fromRoot(), "pids.events"));
  }

  /** Whether systemd removes it as soon as the last process has left it. */
  public boolean goesByItself() {
    return unit != null;
  }

  /** Whether it was made for the container, so that nothing can have been counted in it before. */
  public boolean isNew() {
    return unit != null || directories.stream().allMatch(directory -> directory.made() != null);
  }

  /**
   * Lets processes of a paused container go on that were sent SIGKILL: with cgroup v1 they do not
   * end otherwise.
   */
  public void letDie() throws CgroupException {
    try {
      new CgroupProcesses(directories).thaw();
    } catch (SyscallException e) {
      throw failure("thaw", e);
    }
  }

  /**
   * Sends a signal to its processes. SIGKILL reaches also those that are just being forked, and
   * ends them though they are paused; but it is not waited for.
   */
  public void signalAll(int signal) throws CgroupException {
    try {
      CgroupProcesses processes = new CgroupProcesses(directories);
      if (signal == Processes.SIGKILL) {
        processes.sendKill();
      } else {
        processes.send(signal);
      }
    } catch (SyscallException e) {
      throw failure("send signal %d to all".formatted(signal), e);
    }
  }

  /**
   * Kills them all, and waits until they are gone.
   *
   * @throws CgroupException if some are left after ten seconds
   */
  public void killAll() throws CgroupException {
    try {
      List<Integer> left = new CgroupProcesses(directories).killAll();
      if (!left.isEmpty()) {
        throw new CgroupException(
            "cgroup \"%s\": kill all: still there after SIGKILL: %s; they wait in the kernel, or are"
                    .formatted(path, left)
                + " in a PID namespace that this one cannot see");
      }
    } catch (SyscallException e) {
      throw failure("kill all", e);
    }
  }

  /**
   * Removes what was made for it. It is no error if a part, or all, is gone already.
   *
   * @throws CgroupException if there are still processes in it after two seconds
   */
  public void remove() throws CgroupException {
    if (unit != null && !unit.isTheContainers()) {
      return;
    }
    CgroupRemoval removal = new CgroupRemoval(this, directories);
    if (unit != null) {
      unit.letGo();
      removal.requireEmpty();
      unit.remove();
    }
    removal.remove();
  }

  /**
   * Checks a cgroup that was there before, or lies in one that was.
   *
   * @throws CgroupException if it has processes already, or is frozen
   */
  void requireUnused() throws CgroupException {
    try {
      for (CgroupDirectory directory : directories) {
        if (directory.made() == null && !directory.processes().isEmpty()) {
          throw new CgroupException(
              "cgroup \"%s\": not empty: %d processes; stop them, or choose another cgroup"
                  .formatted(path, directory.processes().size()));
        }
        if (directory.made() == null && directory.handsDown()) {
          throw new CgroupException(
              "cgroup \"%s\": it hands controllers down to those in it, and so takes no process;"
                      .formatted(path)
                  + " choose one in it");
        }
        if (!directory.isAlone() && directory.isFrozen()) {
          throw new CgroupException(
              "cgroup \"%s\": frozen; thaw it, or choose another cgroup".formatted(path));
        }
      }
    } catch (SyscallException e) {
      throw e.errno() == Errno.EOPNOTSUPP
          ? new CgroupException(
              "cgroup \"%s\": look who is in it".formatted(path), e, SubtreeControl.THREADED)
          : failure("look who is in it", e);
    }
  }

  /**
   * Whether a cgroup that this one lies in was made for it.
   *
   * @param controller in the hierarchy of which
   */
  boolean isMadeFor(CgroupPath parent, String controller) {
    return directories.stream()
        .filter(directory -> directory.hierarchy().has(controller))
        .map(CgroupDirectory::made)
        .anyMatch(made -> made != null && made.length() <= parent.value().length());
  }

  private Optional<CgroupDirectory> unified() {
    return directories.stream().filter(each -> each.hierarchy().mount().isUnified()).findFirst();
  }

  /** Only those of a further process are not there: it joins what the container has made. */
  private static CgroupException notOpened(
      String file, CgroupDirectory directory, SyscallException cause) {
    String goal = "cgroup \"%s\": open %s".formatted(directory.path(), file);
    return cause.errno() == Errno.ENOENT
        ? new CgroupException(goal, cause, "a process can only join a cgroup that is there")
        : new CgroupException(goal, cause);
  }

  private CgroupException failure(String step, SyscallException cause) {
    return new CgroupException("cgroup \"%s\": %s".formatted(path, step), cause);
  }
}
