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
import dev.berth.core.plan.Placement;
import dev.berth.core.text.HostPath;
import dev.berth.linux.sys.Fd;
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

/** The cgroup of a container, or one inside: in each hierarchy, on the same path. */
public final class Cgroup {

  private final Cgroups cgroups;
  private final CgroupDirectories directories;
  private final @Nullable CgroupUnit unit;

  /**
   * @param unit that the cgroup belongs to; {@code null} for one of files alone
   */
  Cgroup(Cgroups cgroups, CgroupDirectories directories, @Nullable CgroupUnit unit) {
    this.cgroups = cgroups;
    this.directories = directories;
    this.unit = unit;
  }

  /** Where it is in every hierarchy. */
  public CgroupPath path() {
    return directories.path();
  }

  /** What to write down, for {@link Cgroups#find}. */
  public CgroupState state() {
    Map<String, String> made = new LinkedHashMap<>();
    for (CgroupDirectory directory : directories.all()) {
      if (directory.made() != null) {
        made.put(directory.hierarchy().mount().name(), directory.made());
      }
    }
    return new CgroupState(path().value(), made, unit == null ? null : unit.unit());
  }

  /** The hierarchies that it is in. */
  public List<MountedHierarchy> hierarchies() {
    return directories.all().stream().map(each -> each.hierarchy().mount()).toList();
  }

  /** Its directory on the host. */
  public Path directory(MountedHierarchy hierarchy) {
    return HostPath.of(hierarchy.mountPoint() + "/" + path().fromRoot());
  }

  /**
   * Opens {@code cgroup.procs} for writing: a process that writes {@code 0} to it joins the cgroup.
   *
   * @param hierarchy its {@linkplain MountedHierarchy#name() name}
   * @throws IllegalArgumentException if there is none of that name
   */
  public Fd openProcs(String hierarchy) throws CgroupException {
    return directories.openProcs(hierarchy);
  }

  /**
   * Opens the directory in the hierarchy of cgroup v2, for {@code CLONE_INTO_CGROUP}. To move a
   * process that runs already takes about 10 ms: the kernel waits until no thread forks or exits.
   *
   * @return empty if that hierarchy is not mounted
   */
  public Optional<Fd> openUnified() throws CgroupException {
    return directories.openUnified();
  }

  /**
   * Cgroups inside this one, for a process to be in; whether they are there is not asked.
   *
   * @param path from this one, in a hierarchy; empty for this one itself
   */
  public Cgroup inside(Function<MountedHierarchy, String> path) {
    return new Cgroup(cgroups, directories.inside(path), null);
  }

  /** How a process comes into it that nobody puts there. */
  Placement placement() {
    return directories.isUnifiedUsed() ? Placement.BY_ITSELF : Placement.AT_BIRTH;
  }

  /**
   * Makes a cgroup inside, in every hierarchy, which is removed by itself.
   *
   * @param prefix of its name
   */
  public Cgroup makeInside(String prefix) throws CgroupException {
    return inner().makeNumbered(prefix);
  }

  /** Makes the cgroup inside for the first process of a container. */
  Cgroup makeLeaf() throws CgroupException {
    if (!isNew()) {
      throw new CgroupException(
          "cgroup \"%s\": split: it was there before; name one that is not".formatted(path()));
    }
    return inner().makeLeaf();
  }

  private InnerCgroups inner() {
    return new InnerCgroups(cgroups, directories);
  }

  /**
   * How systemd puts a process into {@code place}, where the kernel does not let this one; empty if
   * systemd has not made this cgroup.
   *
   * @param place this one, or one inside
   */
  public Optional<CgroupPlace.Entrance> entranceTo(Cgroup place) {
    Optional<String> inside =
        place
            .directories
            .unified()
            .map(each -> each.path().value().substring(path().value().length()));
    return inside.isPresent() && unit != null
        ? Optional.of(pid -> unit.attach(pid, inside.get()))
        : Optional.empty();
  }

  /** Hands all controllers down that it has, in cgroup v2. */
  void handDownAll() throws CgroupException {
    for (CgroupDirectory directory : directories.all()) {
      new SubtreeControl(directory.hierarchy()).handDownAll(directory.fromRoot());
    }
  }

  /** What stops its processes, and lets them go on. */
  public CgroupFreezer freezer() {
    return new CgroupFreezer(cgroups, directories);
  }

  /** A change of its limits, which is yet to be made. */
  public CgroupUpdate update(ResourceChange change) {
    return new CgroupUpdate(cgroups, this, change);
  }

  CgroupDirectories directories() {
    return directories;
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
    List<CgroupWrite> writes = cgroups.writes(path(), resources, contents());
    cgroups.requireControllers(writes);
    return writes;
  }

  /** Those in it, and in cgroups that were made in it. */
  public CgroupProcesses processes() {
    return new CgroupProcesses(directories);
  }

  /** What its processes use and have used; everything is absent of one that is gone. */
  public Stats stats() throws CgroupException {
    return read(figures -> figures.stats(Instant.now()));
  }

  /** What was used in it up to now; nothing is counted in one that is gone. */
  public CgroupUsage usage() throws CgroupException {
    return read(CgroupFigures::usage);
  }

  private LiveContents contents() {
    return new LiveContents(cgroups, path());
  }

  private interface Reading<T> {
    T from(CgroupFigures figures) throws IOException;
  }

  private <T> T read(Reading<T> reading) throws CgroupException {
    try {
      return reading.from(cgroups.figures(contents()));
    } catch (CgroupException e) {
      throw e;
    } catch (IOException e) {
      throw new CgroupException("cgroup \"%s\": read figures".formatted(path()), e);
    }
  }

  /** What the memory controller counts in it; empty where there is no such controller. */
  public Optional<MemoryCounters> memoryCounters() {
    return cgroups
        .hierarchyOf("memory")
        .map(hierarchy -> MemoryCounters.of(hierarchy, path().fromRoot()));
  }

  /** Tells whether there are processes in it, and whether it is frozen; only cgroup v2 has it. */
  public Optional<CgroupFile> events() {
    return directories
        .unified()
        .map(directory ->
            new CgroupFile(directory.hierarchy(), directory.fromRoot(), "cgroup.events"));
  }

  /** Counts processes that could not be made; version 1 has such a file but never tells of it. */
  public Optional<CgroupFile> pidsEvents() {
    return cgroups
        .hierarchyOf("pids")
        .filter(hierarchy -> hierarchy.mount().isUnified())
        .map(hierarchy -> new CgroupFile(hierarchy, path().fromRoot(), "pids.events"));
  }

  /** Whether systemd removes it as soon as the last process has left it. */
  public boolean goesByItself() {
    return unit != null;
  }

  /** Whether it was made for the container, so that nothing can have been counted in it before. */
  public boolean isNew() {
    return unit != null || directories.areNew();
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
    CgroupRemoval removal = new CgroupRemoval(directories);
    if (unit != null) {
      unit.letGo();
      removal.requireEmpty();
      unit.remove();
    }
    removal.remove();
  }
}
