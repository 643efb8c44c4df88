package dev.berth.core.cgroup;

import dev.berth.Stats.Counter;
import dev.berth.Stats.Rdma;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** What the rdma controller counts, in files that are the same in both versions. */
final class RdmaFigures {
  private RdmaFigures() {}

  static Map<String, Rdma> of(Figures files) throws IOException {
    Map<String, Map<String, OptionalLong>> max = files.nested("rdma.max").orElse(Map.of());
    Map<String, Rdma> devices = new HashMap<>();
    files
        .nested("rdma.current")
        .orElse(Map.of())
        .forEach((name, usage) -> {
          Map<String, OptionalLong> limit = max.getOrDefault(name, Map.of());
          devices.put(
              name,
              new Rdma(counter("hca_handle", usage, limit), counter("hca_object", usage, limit)));
        });
    return devices;
  }

  private static Counter counter(
      String kind, Map<String, OptionalLong> usage, Map<String, OptionalLong> limit) {
    return new Counter(
        Figures.nestedFigure(usage, kind),
        OptionalLong.empty(),
        Figures.nestedFigure(limit, kind),
        OptionalLong.empty());
  }
}
