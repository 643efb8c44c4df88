package dev.berth.core.state;

import dev.berth.core.cgroup.CgroupState;
import dev.berth.core.resctrl.ResctrlState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is written down about a container, in {@code state.json} of its state directory: facts that
 * do not change by themselves. Whether it runs is never written down but asked of the kernel.
 *
 * @param ociVersion of the specification that its configuration follows
 * @param id the id
 * @param pid of the first process, on the host; 0 until there is one
 * @param startTime of that process, in clock ticks since boot (field 22 of {@code /proc/PID/stat}),
 *     since a pid alone may have been given to another process meanwhile
 * @param bundle absolute path
 * @param rootfs absolute path
 * @param created when
 * @param owner name of the user who made it, or the uid
 * @param annotations of the configuration
 * @param cgroup the container's own; {@code null} if it has none
 * @param resctrl what was made for it in the resctrl file system
 * @param keyring whose its processes have
 * @param laterHooks whether there are hooks to run after its creation, by the configuration
 */
public record ContainerRecord(
    String ociVersion,
    String id,
    long pid,
    long startTime,
    Path bundle,
    Path rootfs,
    Instant created,
    String owner,
    Map<String, String> annotations,
    @Nullable CgroupState cgroup,
    ResctrlState resctrl,
    SessionKeyring keyring,
    boolean laterHooks) {

  public ContainerRecord {
    annotations = Map.copyOf(annotations);
  }

  /** This record with the cgroup that there is, or without one. */
  public ContainerRecord withCgroup(@Nullable CgroupState cgroup) {
    return new ContainerRecord(
        ociVersion,
        id,
        pid,
        startTime,
        bundle,
        rootfs,
        created,
        owner,
        annotations,
        cgroup,
        resctrl,
        keyring,
        laterHooks);
  }

  /** This record with the first process, once there is one. */
  public ContainerRecord withProcess(long pid, long startTime) {
    return new ContainerRecord(
        ociVersion,
        id,
        pid,
        startTime,
        bundle,
        rootfs,
        created,
        owner,
        annotations,
        cgroup,
        resctrl,
        keyring,
        laterHooks);
  }
}
