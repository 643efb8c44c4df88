package dev.berth.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code linux.intelRdt}: the group of the resctrl file system that the container belongs to
 * (config-linux.md, "IntelRdt").
 *
 * @param closID the group's name; {@code null} for the container's id
 * @param schemata lines for the group's {@code schemata} file, written as they are after the two
 *     below
 * @param l3CacheSchema shares of the last-level cache, such as {@code L3:0=7f0;1=1f}
 * @param memBwSchema shares of memory bandwidth, such as {@code MB:0=20;1=70}
 * @param enableCMT as {@code enableMonitoring}, in versions 1.1 and 1.2
 * @param enableMBM as {@code enableMonitoring}, in versions 1.1 and 1.2
 * @param enableMonitoring whether a monitoring group is made for the container
 */
public record IntelRdt(
    @Nullable String closID,
    List<String> schemata,
    @Nullable String l3CacheSchema,
    @Nullable String memBwSchema,
    boolean enableCMT,
    boolean enableMBM,
    boolean enableMonitoring) {
  /** Copies the list. */
  public IntelRdt {
    closID = Absent.ifEmpty(closID);
    schemata = Absent.asEmpty(schemata);
    l3CacheSchema = Absent.ifEmpty(l3CacheSchema);
    memBwSchema = Absent.ifEmpty(memBwSchema);
  }
}
