package dev.berth.spec;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code linux.memoryPolicy}: the arguments of set_mempolicy(2) (config-linux.md, "Memory policy").
 *
 * @param mode how memory nodes are chosen
 * @param nodes which, as a list such as {@code 0-3,7}; {@code null} for a mode that takes none
 * @param flags how {@code nodes} is understood; empty for none
 */
public record MemoryPolicy(@Required Mode mode, @Nullable String nodes, List<Flag> flags) {
  /** Copies the list. */
  public MemoryPolicy {
    Objects.requireNonNull(mode, "mode");
    nodes = Absent.ifEmpty(nodes);
    flags = Absent.asEmpty(flags);
  }

  /** The modes of set_mempolicy(2). */
  public enum Mode {
    /** The system's default. */
    MPOL_DEFAULT,
    /** Only these nodes. */
    MPOL_BIND,
    /** These nodes in turn. */
    MPOL_INTERLEAVE,
    /** These nodes in turn, by the weights of sysfs. */
    MPOL_WEIGHTED_INTERLEAVE,
    /** This node first. */
    MPOL_PREFERRED,
    /** These nodes first. */
    MPOL_PREFERRED_MANY,
    /** The node that the thread runs on first. */
    MPOL_LOCAL
  }

  /** The mode flags of set_mempolicy(2). */
  public enum Flag {
    /** Pages move to the node that uses them, with {@code MPOL_BIND}. */
    MPOL_F_NUMA_BALANCING,
    /** Nodes are counted within those that the process may use. */
    MPOL_F_RELATIVE_NODES,
    /** Nodes are the machine's, whatever the process may use. */
    MPOL_F_STATIC_NODES
  }
}
