package dev.berth.core.cgroup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What puts a limit back: what the kernel wrote into its file, in a form that it takes again. What
 * depends on what else was written, such as a limit of memory on that of memory and swap, needs the
 * reverse order of the writes that are put back.
 */
public final class FormerLimit {

  private FormerLimit() {}

  /**
   * The writes that undo {@code write}, from before it.
   *
   * @param contents of the cgroup, now
   * @return empty where there is no such file, or nothing that could be written to it again
   */
  public static List<CgroupWrite> of(CgroupWrite write, CgroupContents contents)
      throws IOException {
    Optional<String> content = contents.read(write.controller(), write.file());
    if (content.isEmpty()) {
      return List.of();
    }
    String text = content.get().strip();
    return switch (write.file()) {
      case "cpu.idle" -> idle(write, text, contents);
      case "cpu.weight" -> text.equals("0") ? List.of() : List.of(again(write, text)); // idle
      case "memory.oom_control" ->
          List.of(again(write, Long.toString(CgroupText.count(text, "oom_kill_disable"))));
      default -> List.of(again(write, line(write, text)));
    };
  }

  /** The kernel forgets the weight of a cgroup that becomes idle. */
  private static List<CgroupWrite> idle(CgroupWrite write, String text, CgroupContents contents)
      throws IOException {
    List<CgroupWrite> former = new ArrayList<>(List.of(again(write, text)));
    if (text.equals("0")) {
      for (String file : List.of("cpu.weight", "cpu.shares")) {
        contents
            .read(write.controller(), file)
            .ifPresent(
                weight -> former.add(new CgroupWrite(write.controller(), file, weight.strip())));
      }
    }
    return former;
  }

  private static CgroupWrite again(CgroupWrite write, String value) {
    // Without a byte, it would be no write at all.
    return new CgroupWrite(write.controller(), write.file(), value.isEmpty() ? "\n" : value);
  }

  /** A file may have a line for each device, of which one write changes one. */
  private static String line(CgroupWrite write, String text) {
    Optional<String> none = noneOfItsOwn(write.file());
    int space = write.value().indexOf(' ');
    if (none.isEmpty()) {
      return text;
    }
    String key = space < 0 ? "default" : write.value().substring(0, space);
    return text.lines()
        .filter(line -> line.startsWith(key + " "))
        .findFirst()
        .orElse(space < 0 ? text : key + " " + none.get());
  }

  /** What removes the line of a device; empty for a file that has no such lines. */
  private static Optional<String> noneOfItsOwn(String file) {
    return Optional.ofNullable(
        switch (file) {
          case "io.max" -> "rbps=max wbps=max riops=max wiops=max";
          case "io.latency" -> "target=0";
          case "rdma.max" -> "hca_handle=max hca_object=max";
          case "net_prio.ifpriomap" -> "0";
          case "misc.max", "dmem.max", "dmem.min", "dmem.low" -> "max";
          default ->
              file.startsWith("blkio.throttle.")
                  ? "0"
                  : file.contains("weight") && !file.startsWith("cpu.") ? "default" : null;
        });
  }
}
