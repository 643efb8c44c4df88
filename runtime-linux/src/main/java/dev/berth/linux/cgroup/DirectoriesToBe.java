package dev.berth.linux.cgroup;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.cgroup.CgroupPath;
import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.cgroup.CgroupWrite;
import dev.berth.linux.sys.SyscallException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cgroup that is to be made by this JVM, as directories in the cgroup file systems. */
record DirectoriesToBe(Cgroups cgroups, CgroupPath path, CgroupRequest request)
    implements CgroupToBe {

  private static final System.Logger LOG = System.getLogger(DirectoriesToBe.class.getName());

  @Override
  public Optional<CgroupState> state() throws CgroupException {
    Map<String, String> made = new LinkedHashMap<>();
    for (Hierarchy hierarchy : cgroups.hierarchies()) {
      Optional<String> missing = CgroupDirectory.missing(hierarchy, path);
      if (missing.isEmpty()) {
        return Optional.empty();
      }
      made.put(hierarchy.mount().name(), missing.get());
    }
    return Optional.of(new CgroupState(path.value(), made, null));
  }

  @Override
  public Optional<NewCgroup> make() throws CgroupException {
    List<CgroupWrite> foreseen = cgroups.foreseen(path, request.resources());
    boolean isAskedFor = request.cgroupsPath() != null || !foreseen.isEmpty();
    if (cgroups.hierarchies().isEmpty() && !isAskedFor) {
      LOG.log(Level.DEBUG, "no cgroup \"{0}\": no cgroup file system is mounted", path);
      return Optional.empty();
    }
    cgroups.requireControllers(foreseen);
    requireMounted();
    NewCgroup made;
    try {
      made = makeDirectories();
    } catch (CgroupException e) {
      if (isAskedFor || !e.isRefusal()) {
        throw e;
      }
      LOG.log(Level.DEBUG, "no cgroup, for none is asked for: {0}", e.getMessage());
      return Optional.empty();
    }
    setUp(made, foreseen);
    return Optional.of(made);
  }

  private void requireMounted() {
    if (cgroups.hierarchies().isEmpty()) {
      throw new UnsupportedFeatureException(
          "cgroup \"%s\": %s".formatted(path, Cgroups.NOTHING_MOUNTED));
    }
  }

  private NewCgroup makeDirectories() throws CgroupException {
    List<CgroupDirectory> directories = new ArrayList<>();
    Reservation reservation = new Reservation();
    try {
      for (Hierarchy hierarchy : cgroups.hierarchies()) {
        directories.add(make(hierarchy, reservation));
      }
      return made(directories, reservation);
    } catch (CgroupException e) {
      throw undone(made(directories, reservation), e);
    }
  }

  /** One after the other, so that of two who make the same the first one gets all hierarchies. */
  private CgroupDirectory make(Hierarchy hierarchy, Reservation reservation)
      throws CgroupException {
    try {
      while (true) {
        CgroupDirectory directory = CgroupDirectory.make(hierarchy, path);
        if (directory.made() != null || reservation.take(directory)) {
          return directory;
        }
      }
    } catch (SyscallException e) {
      throw cgroups.notMade("cgroup \"%s\": make it in %s".formatted(path, hierarchy), e);
    }
  }

  private NewCgroup made(List<CgroupDirectory> directories, Reservation reservation) {
    CgroupDirectories all = new CgroupDirectories(path, directories);
    return new NewCgroup(new Cgroup(cgroups, all, null), reservation);
  }

  private void setUp(NewCgroup made, List<CgroupWrite> foreseen) throws CgroupException {
    try {
      made.cgroup().directories().requireThawed();
      cgroups.limit(made.cgroup(), foreseen, request);
    } catch (CgroupException e) {
      throw undone(made, e);
    } catch (UnsupportedFeatureException e) {
      throw undone(made, e);
    }
  }

  private static <E extends Exception> E undone(NewCgroup made, E cause) {
    try {
      made.cgroup().remove();
    } catch (CgroupException e) {
      cause.addSuppressed(e);
    }
    made.release();
    return cause;
  }
}
