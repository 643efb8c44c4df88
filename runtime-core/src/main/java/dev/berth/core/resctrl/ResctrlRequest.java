package dev.berth.core.resctrl;

import dev.berth.spec.IntelRdt;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code linux.intelRdt} asks for (config-linux.md, "IntelRdt").
 *
 * @param group path of the group below the file system's root; empty for the root
 * @param origin where the group comes from
 * @param schemata lines for its {@code schemata} file
 * @param monitoring path of a monitoring group below that of the group; empty for none
 */
public record ResctrlRequest(
    String group, Origin origin, List<String> schemata, String monitoring) {
  private static final String ROOT = "/";
  private static final String BANDWIDTH = "MB:";

  /** Where a group comes from. */
  public enum Origin {
    /** An administrator has made it. */
    PREPARED,
    /** Whoever comes first makes it; for the others it must be the same. */
    SHARED
  }

  public ResctrlRequest {
    schemata = List.copyOf(schemata);
  }

  /** The request for the container of this id. */
  public static ResctrlRequest of(IntelRdt rdt, String id) {
    List<String> schemata = schemata(rdt);
    String name = rdt.closID() == null ? id : rdt.closID();
    boolean prepared = rdt.closID() != null && schemata.isEmpty();
    boolean monitored = rdt.enableMonitoring() || rdt.enableCMT() || rdt.enableMBM();
    return new ResctrlRequest(
        name.equals(ROOT) ? "" : name,
        prepared ? Origin.PREPARED : Origin.SHARED,
        schemata,
        monitored ? "mon_groups/" + id : "");
  }

  private static List<String> schemata(IntelRdt rdt) {
    List<String> lines = new ArrayList<>();
    String cache = rdt.l3CacheSchema();
    String bandwidth = rdt.memBwSchema();
    // Of two lines for the bandwidth, the specification has the one in its own property hold.
    if (cache != null && (bandwidth == null || !cache.startsWith(BANDWIDTH))) {
      lines.add(cache);
    }
    if (bandwidth != null) {
      lines.add(bandwidth);
    }
    lines.addAll(rdt.schemata());
    return lines;
  }
}
