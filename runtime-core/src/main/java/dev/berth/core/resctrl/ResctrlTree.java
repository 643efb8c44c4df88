package dev.berth.core.resctrl;

import dev.berth.core.cgroup.MountTable;
import dev.berth.core.text.HostPath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The resctrl file system: a directory is a group, and says in files what is allotted to the
 * processes in it (<a href="https://docs.kernel.org/filesystems/resctrl.html">resctrl</a>).
 */
public final class ResctrlTree {
  private static final String SCHEMATA = "schemata";
  private static final String TASKS = "tasks";
  private static final String PROBLEM = "linux.intelRdt: ";

  private final Path root;
  private final Groups groups;

  /** How groups come and go; in the file system, with all the files in them. */
  interface Groups {
    void make(Path group) throws IOException;

    void remove(Path group) throws IOException;
  }

  ResctrlTree(Path root, Groups groups) {
    this.root = root;
    this.groups = groups;
  }

  /**
   * The file system, if there is one.
   *
   * @param mountinfo content of {@code /proc/self/mountinfo}
   * @throws IOException if it is not mounted
   */
  public static ResctrlTree find(String mountinfo) throws IOException {
    List<String> points = MountTable.parse(mountinfo).visible("resctrl", List.of());
    if (points.isEmpty()) {
      throw new IOException(
          PROBLEM
              + "the resctrl file system is not mounted; mount -t resctrl resctrl /sys/fs/resctrl"
              + " does that, where /proc/filesystems lists it, which takes a processor that has it");
    }
    return new ResctrlTree(
        HostPath.of(points.getFirst()),
        new Groups() {
          @Override
          public void make(Path group) throws IOException {
            Files.createDirectory(group);
          }

          @Override
          public void remove(Path group) throws IOException {
            Files.delete(group);
          }
        });
  }

  /**
   * What {@link #make} is going to make.
   *
   * @throws IOException if the group should be there and is not
   */
  public ResctrlState foresee(ResctrlRequest request) throws IOException {
    Path group = root.resolve(HostPath.of(request.group()));
    boolean exists = Files.isDirectory(group);
    if (!exists && request.origin() == ResctrlRequest.Origin.PREPARED) {
      throw new IOException(
          PROBLEM
              + "closID \"%s\" has no schema, so its group must exist, and there is no %s"
                  .formatted(request.group(), group));
    }
    Path monitoring = group.resolve(HostPath.of(request.monitoring()));
    return new ResctrlState(
        exists ? null : HostPath.text(group),
        request.monitoring().isEmpty() || Files.isDirectory(monitoring)
            ? null
            : HostPath.text(monitoring));
  }

  /**
   * Makes the groups, or nothing.
   *
   * @param foreseen what there was to make
   * @throws IOException if the kernel refuses, or the group is there and is not as requested
   */
  public void make(ResctrlRequest request, ResctrlState foreseen) throws IOException {
    Path group = root.resolve(HostPath.of(request.group()));
    if (foreseen.group() == null) {
      requireEqual(group, request.schemata());
      make(foreseen.monitoring());
      return;
    }
    make(foreseen.group());
    try {
      if (!request.schemata().isEmpty()) {
        write(request.group(), request.schemata());
      }
      make(foreseen.monitoring());
    } catch (IOException e) {
      remove(foreseen.group(), e);
      throw e;
    }
  }

  private void make(@Nullable String group) throws IOException {
    if (group != null) {
      try {
        groups.make(HostPath.of(group));
      } catch (IOException e) {
        throw failure("make", group, e);
      }
    }
  }

  private static void requireEqual(Path group, List<String> schemata) throws IOException {
    if (schemata.isEmpty()) {
      return;
    }
    List<String> existing = Files.readAllLines(group.resolve(SCHEMATA));
    if (!Schemata.of(existing).includes(Schemata.of(schemata))) {
      throw new IOException(
          PROBLEM
              + "the group %s exists with the schemata %s, and not %s"
                  .formatted(group, existing.stream().map(String::strip).toList(), schemata));
    }
  }

  /** What a group has now of the resources that {@code schemata} are about. */
  public List<String> former(String group, List<String> schemata) throws IOException {
    List<String> resources = schemata.stream().map(ResctrlTree::resource).toList();
    Path file = root.resolve(HostPath.of(group)).resolve(SCHEMATA);
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> resources.contains(resource(line)))
          .toList();
    } catch (IOException e) {
      throw failure("read", file.toString(), e);
    }
  }

  private static String resource(String line) {
    return line.split(":", 2)[0].strip();
  }

  /** Writes schemata of a group; of resources that they do not name it keeps its own. */
  public void write(String group, List<String> schemata) throws IOException {
    write(root.resolve(HostPath.of(group)).resolve(SCHEMATA), String.join("\n", schemata) + "\n");
  }

  /** Puts a process, and all that it will start, into the groups. */
  public void join(ResctrlRequest request, long pid) throws IOException {
    Path group = root.resolve(HostPath.of(request.group()));
    write(group.resolve(TASKS), Long.toString(pid));
    if (!request.monitoring().isEmpty()) {
      write(group.resolve(HostPath.of(request.monitoring())).resolve(TASKS), Long.toString(pid));
    }
  }

  /** Removes what was made, as far as it is still there. */
  public void remove(ResctrlState made) throws IOException {
    remove(made.monitoring());
    remove(made.group());
  }

  private void remove(@Nullable String group) throws IOException {
    if (group != null) {
      try {
        groups.remove(HostPath.of(group));
      } catch (NoSuchFileException gone) {
        return;
      } catch (IOException e) {
        throw failure("remove", group, e);
      }
    }
  }

  private void remove(String group, IOException reason) {
    try {
      remove(group);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private void write(Path file, String content) throws IOException {
    try {
      Files.writeString(file, content);
    } catch (IOException e) {
      throw failure("write \"%s\" to".formatted(content.strip()), file.toString(), e);
    }
  }

  /** With what the kernel has to say about it, in a file of its own. */
  private IOException failure(String what, String where, IOException cause) {
    @Nullable String reason =
        cause instanceof FileSystemException refused ? refused.getReason() : cause.getMessage();
    return new IOException(
        PROBLEM
            + "%s %s: %s%s"
                .formatted(
                    what,
                    where,
                    reason == null ? cause.getClass().getSimpleName() : reason,
                    status().map(text -> "; " + text).orElse("")),
        cause);
  }

  private Optional<String> status() {
    try {
      String status = Files.readString(root.resolve("info/last_cmd_status")).strip();
      return status.isEmpty() || status.equals("ok") ? Optional.empty() : Optional.of(status);
    } catch (IOException none) {
      return Optional.empty();
    }
  }
}
