package dev.berth.linux.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line of {@code /proc/self/mountinfo}; proc_pid_mountinfo(5).
 *
 * @param root the part of its file system that is mounted
 * @param target the mount point
 * @param options of this mount
 * @param propagation such as {@code master:7}, empty for a private mount
 * @param type of the file system
 * @param source of the file system
 * @param superOptions of the file system
 */
public record Mountinfo(
    String root,
    String target,
    List<String> options,
    String propagation,
    String type,
    String source,
    List<String> superOptions) {

  /** By mount point; of several on one, the last, which is the one to be seen. */
  public static Map<String, Mountinfo> parse(String text) {
    Map<String, Mountinfo> mounts = new LinkedHashMap<>();
    text.lines().map(Mountinfo::parseLine).forEach(mount -> mounts.put(mount.target, mount));
    return mounts;
  }

  private static Mountinfo parseLine(String line) {
    int separator = line.indexOf(" - ");
    String[] before = line.substring(0, separator).split(" ", 7);
    String[] after = line.substring(separator + 3).split(" ");
    return new Mountinfo(
        before[3],
        before[4],
        List.of(before[5].split(",")),
        before.length > 6 ? before[6] : "",
        after[0],
        after[1],
        List.of(after[2].split(",")));
  }
}
