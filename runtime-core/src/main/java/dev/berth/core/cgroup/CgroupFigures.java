package dev.berth.core.cgroup;

import dev.berth.Stats;
import java.io.IOException;
import java.time.Instant;

/** What the kernel has counted for a cgroup. */
public sealed interface CgroupFigures permits CgroupV1Figures, CgroupV2Figures {

  /** All of it. */
  Stats stats(Instant time) throws IOException;

  /** What was used up to now; a few files only. */
  CgroupUsage usage() throws IOException;
}
