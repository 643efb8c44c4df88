package dev.berth.linux.lifecycle;

import dev.berth.core.cgroup.MountedHierarchy;
import dev.berth.core.plan.Step;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.stub.StepFailedException;
import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.SyscallException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Why the kernel makes no further process (EAGAIN of clone(2)): a limit that is reached, found by a
 * look at each of them.
 *
 * @param proc where procfs is mounted
 */
record ProcessShortage(Path proc) {
  /** Of the machine's own. */
  static final ProcessShortage HERE = new ProcessShortage(Path.of("/proc"));

  /**
   * A cgroup with a limit of processes.
   *
   * @param path from the root of the hierarchy, which is mounted at {@code mountPoint}
   */
  record Place(Path mountPoint, Path path) {}

  /** {@code failure}, with the reason if it is that there can be no further process. */
  static IOException explained(IOException failure, Optional<Cgroup> cgroup) {
    if (!isShortage(failure)) {
      return failure;
    }
    List<Place> places = new ArrayList<>();
    cgroup.ifPresent(each -> places.addAll(placesOf(each)));
    return new IOException(failure.getMessage() + "; " + HERE.reason(places), failure);
  }

  static boolean isShortage(IOException failure) {
    return switch (failure) {
      case SyscallException call ->
          call.errno() == Errno.EAGAIN
              && (call.call().startsWith("clone3") || call.call().startsWith("execve"));
      case StepFailedException step when step.errno() == Errno.EAGAIN ->
          switch (step.plan().steps().get(step.index())) {
            case Step.Fork _, Step.RunHook _ -> true;
            default -> false;
          };
      default -> false;
    };
  }

  private static List<Place> placesOf(Cgroup cgroup) {
    return cgroup.hierarchies().stream()
        .map(each -> new Place(Path.of(each.mountPoint()), Path.of(cgroup.path().value())))
        .toList();
  }

  /**
   * Which limit is reached.
   *
   * @param places the container's cgroup in each hierarchy
   */
  String reason(List<Place> places) {
    try {
      Set<Place> all = new LinkedHashSet<>(places);
      for (MountedHierarchy each : Machine.shared().cgroups().layout().hierarchies()) {
        own(each).ifPresent(all::add);
      }
      Optional<String> reached = ofCgroups(all);
      if (reached.isEmpty()) {
        reached = ofUser();
      }
      if (reached.isEmpty()) {
        reached = ofMachine();
      }
      return reached.orElse(
          "no limit of processes is reached now: neither pids.max of a cgroup, nor RLIMIT_NPROC,"
              + " kernel.threads-max or kernel.pid_max; a cgroup outside of a container that the"
              + " runtime is in may have one");
    } catch (IOException e) {
      return "which limit of processes is reached is not known: " + e.getMessage();
    }
  }

  /**
   * That of this JVM; in a cgroup namespace, or a part of the tree, some of the path is missing.
   */
  private Optional<Place> own(MountedHierarchy hierarchy) throws IOException {
    String names = String.join(",", hierarchy.controllers());
    for (String line : Files.readAllLines(proc.resolve("self/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (fields[1].equals(names)) {
        return Optional.of(new Place(Path.of(hierarchy.mountPoint()), Path.of(fields[2])));
      }
    }
    return Optional.empty();
  }

  /** The first cgroup whose limit is reached, from each place up to the root. */
  Optional<String> ofCgroups(Set<Place> places) throws IOException {
    for (Place place : places) {
      for (Path path = place.path(); path != null; path = path.getParent()) {
        Path directory = Path.of(place.mountPoint() + path.toString());
        OptionalLong max = number(directory.resolve("pids.max"));
        OptionalLong current = number(directory.resolve("pids.current"));
        if (max.isPresent() && current.isPresent() && current.getAsLong() >= max.getAsLong()) {
          return Optional.of(
              "pids.max of cgroup \"%s\" is %s, and %s processes and threads are in it%s; raise it"
                      .formatted(path, max.getAsLong(), current.getAsLong(), zombies(path))
                  + " (linux.resources.pids.limit, or TasksMax of a systemd unit), or end some");
        }
      }
    }
    return Optional.empty();
  }

  /** What has ended counts until its parent reaps it. */
  private String zombies(Path cgroup) throws IOException {
    long zombies = 0;
    for (Path process : processes()) {
      if (isZombie(process) && isIn(cgroup, process)) {
        zombies++;
      }
    }
    return zombies == 0 ? "" : ", %s of them zombies that no parent reaps".formatted(zombies);
  }

  private static boolean isZombie(Path process) throws IOException {
    String stat = read(process.resolve("stat"));
    return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
  }

  private static boolean isIn(Path cgroup, Path process) throws IOException {
    return read(process.resolve("cgroup"))
        .lines()
        .map(line -> line.substring(line.lastIndexOf(':') + 1).replace(" (deleted)", ""))
        .filter(path -> path.startsWith("/"))
        .anyMatch(path -> Path.of(path).startsWith(cgroup));
  }

  /** RLIMIT_NPROC counts threads, of all processes of the real user. */
  private Optional<String> ofUser() throws IOException {
    String status = read(proc.resolve("self/status"));
    OptionalLong limit = OptionalLong.empty();
    for (String line : read(proc.resolve("self/limits")).lines().toList()) {
      if (line.startsWith("Max processes")) {
        limit = parse(line.substring("Max processes".length()).strip().split(" +", 2)[0]);
      }
    }
    if (limit.isEmpty() || ProcStatus.has(status, "CAP_SYS_RESOURCE", "CAP_SYS_ADMIN")) {
      return Optional.empty();
    }
    String uid = ProcStatus.field(status, "Uid");
    long threads = 0;
    for (Path process : processes()) {
      String other = read(process.resolve("status"));
      if (ProcStatus.field(other, "Uid").equals(uid)) {
        threads += parse(ProcStatus.field(other, "Threads")).orElse(0);
      }
    }
    return threads < limit.getAsLong()
        ? Optional.empty()
        : Optional.of(
            "RLIMIT_NPROC is %s, and uid %s has %s processes and threads; raise it (ulimit -u)"
                .formatted(limit.getAsLong(), uid, threads));
  }

  private Optional<String> ofMachine() throws IOException {
    // "0.20 0.18 0.12 1/80 11206": 80 threads.
    String[] load = read(proc.resolve("loadavg")).split("[ /]", 6);
    OptionalLong threads = load.length > 4 ? parse(load[4]) : OptionalLong.empty();
    for (String sysctl : List.of("threads-max", "pid_max")) {
      OptionalLong max = number(proc.resolve("sys/kernel").resolve(sysctl));
      if (max.isPresent() && threads.isPresent() && threads.getAsLong() >= max.getAsLong()) {
        return Optional.of(
            "kernel.%s is %s, and the machine has %s threads; raise it (sysctl)"
                .formatted(sysctl, max.getAsLong(), threads.getAsLong()));
      }
    }
    return Optional.empty();
  }

  private List<Path> processes() throws IOException {
    List<Path> processes = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      entries.forEach(processes::add);
    }
    return processes;
  }

  private static OptionalLong number(Path file) throws IOException {
    return parse(read(file).strip());
  }

  private static OptionalLong parse(String number) {
    return number.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(number))
        : OptionalLong.empty();
  }

  /** Empty where there is none, or no more: processes and cgroups come and go. */
  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException gone) {
      return "";
    } catch (IOException e) {
      // ESRCH of a process that has just ended; ENODEV of a cgroup.
      if (Files.exists(file)) {
        throw e;
      }
      return "";
    }
  }
}
