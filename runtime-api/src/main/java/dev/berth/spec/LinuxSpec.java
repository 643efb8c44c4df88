package dev.berth.spec;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code linux}: what only Linux has (config-linux.md).
 *
 * @param uidMappings user ids of a user namespace
 * @param gidMappings group ids of a user namespace
 * @param sysctl kernel parameters of the container's namespaces, by name
 * @param resources limits of the control group
 * @param cgroupsPath the control group, from the root of the tree if absolute; {@code null} leaves
 *     it to the runtime
 * @param namespaces which the container does not share with the runtime
 * @param devices device nodes besides the default ones
 * @param netDevices network devices of the host that move into the container, by name
 * @param seccomp the filter of system calls; {@code null} for none
 * @param rootfsPropagation how mounts spread between root file system and host; {@code null} leaves
 *     it to the runtime
 * @param maskedPaths what cannot be read inside, absolute; paths that are not there are left out
 * @param readonlyPaths what cannot be written inside, absolute; paths that are not there are left
 *     out
 * @param mountLabel the SELinux label of mounts; {@code null} for none
 * @param intelRdt the resctrl group; {@code null} for none
 * @param memoryPolicy how memory nodes are chosen; {@code null} leaves it as it is
 * @param personality what uname(2) says; {@code null} leaves it as it is
 * @param timeOffsets offsets of a time namespace, by clock: {@code monotonic}, {@code boottime}
 */
public record LinuxSpec(
    List<IdMapping> uidMappings,
    List<IdMapping> gidMappings,
    Map<String, String> sysctl,
    LinuxResources resources,
    @Nullable String cgroupsPath,
    List<Namespace> namespaces,
    List<Device> devices,
    Map<String, NetDevice> netDevices,
    @Nullable Seccomp seccomp,
    @Nullable Propagation rootfsPropagation,
    List<String> maskedPaths,
    List<String> readonlyPaths,
    @Nullable String mountLabel,
    @Nullable IntelRdt intelRdt,
    @Nullable MemoryPolicy memoryPolicy,
    @Nullable Personality personality,
    Map<String, TimeOffset> timeOffsets) {
  /** Nothing but what the runtime has itself. */
  public static final LinuxSpec NONE =
      new LinuxSpec(
          List.of(),
          List.of(),
          Map.of(),
          LinuxResources.NONE,
          null,
          List.of(),
          List.of(),
          Map.of(),
          null,
          null,
          List.of(),
          List.of(),
          null,
          null,
          null,
          null,
          Map.of());

  /** Copies the lists and maps. */
  public LinuxSpec {
    uidMappings = Absent.asEmpty(uidMappings);
    gidMappings = Absent.asEmpty(gidMappings);
    sysctl = Absent.asEmpty(sysctl);
    resources = Objects.requireNonNullElse(resources, LinuxResources.NONE);
    cgroupsPath = Absent.ifEmpty(cgroupsPath);
    namespaces = Absent.asEmpty(namespaces);
    devices = Absent.asEmpty(devices);
    netDevices = Absent.asEmpty(netDevices);
    maskedPaths = Absent.asEmpty(maskedPaths);
    readonlyPaths = Absent.asEmpty(readonlyPaths);
    mountLabel = Absent.ifEmpty(mountLabel);
    timeOffsets = Absent.asEmpty(timeOffsets);
  }

  /** This section with these ids in its user namespace. */
  public LinuxSpec withMappings(List<IdMapping> uidMappings, List<IdMapping> gidMappings) {
    Draft draft = new Draft(this);
    draft.uidMappings = uidMappings;
    draft.gidMappings = gidMappings;
    return draft.finish();
  }

  /** This section with these kernel parameters and no others. */
  public LinuxSpec withSysctl(Map<String, String> sysctl) {
    Draft draft = new Draft(this);
    draft.sysctl = sysctl;
    return draft.finish();
  }

  /** This section with these limits and no others. */
  public LinuxSpec withResources(LinuxResources resources) {
    Draft draft = new Draft(this);
    draft.resources = resources;
    return draft.finish();
  }

  /** This section with another control group. */
  public LinuxSpec withCgroupsPath(@Nullable String cgroupsPath) {
    Draft draft = new Draft(this);
    draft.cgroupsPath = cgroupsPath;
    return draft.finish();
  }

  /** This section with these namespaces and no others. */
  public LinuxSpec withNamespaces(List<Namespace> namespaces) {
    Draft draft = new Draft(this);
    draft.namespaces = namespaces;
    return draft.finish();
  }

  /** This section with these device nodes and no others. */
  public LinuxSpec withDevices(List<Device> devices) {
    Draft draft = new Draft(this);
    draft.devices = devices;
    return draft.finish();
  }

  /** This section with these network devices of the host and no others. */
  public LinuxSpec withNetDevices(Map<String, NetDevice> netDevices) {
    Draft draft = new Draft(this);
    draft.netDevices = netDevices;
    return draft.finish();
  }

  /** This section with another filter of system calls, or none. */
  public LinuxSpec withSeccomp(@Nullable Seccomp seccomp) {
    Draft draft = new Draft(this);
    draft.seccomp = seccomp;
    return draft.finish();
  }

  /** This section with another propagation of the root's mounts, or the usual one. */
  public LinuxSpec withRootfsPropagation(@Nullable Propagation rootfsPropagation) {
    Draft draft = new Draft(this);
    draft.rootfsPropagation = rootfsPropagation;
    return draft.finish();
  }

  /** This section with these paths masked and no others. */
  public LinuxSpec withMaskedPaths(List<String> maskedPaths) {
    Draft draft = new Draft(this);
    draft.maskedPaths = maskedPaths;
    return draft.finish();
  }

  /** This section with these paths read-only and no others. */
  public LinuxSpec withReadonlyPaths(List<String> readonlyPaths) {
    Draft draft = new Draft(this);
    draft.readonlyPaths = readonlyPaths;
    return draft.finish();
  }

  /** This section with another group of the resctrl file system, or none. */
  public LinuxSpec withIntelRdt(@Nullable IntelRdt intelRdt) {
    Draft draft = new Draft(this);
    draft.intelRdt = intelRdt;
    return draft.finish();
  }

  /** This section with memory nodes chosen otherwise, or as the runtime does. */
  public LinuxSpec withMemoryPolicy(@Nullable MemoryPolicy memoryPolicy) {
    Draft draft = new Draft(this);
    draft.memoryPolicy = memoryPolicy;
    return draft.finish();
  }

  /** This section with another personality, or the runtime's. */
  public LinuxSpec withPersonality(@Nullable Personality personality) {
    Draft draft = new Draft(this);
    draft.personality = personality;
    return draft.finish();
  }

  /** This section with another SELinux label of mounts, or none. */
  public LinuxSpec withMountLabel(@Nullable String mountLabel) {
    Draft draft = new Draft(this);
    draft.mountLabel = mountLabel;
    return draft.finish();
  }

  /** This section with these offsets of a new time namespace and no others. */
  public LinuxSpec withTimeOffsets(Map<String, TimeOffset> timeOffsets) {
    Draft draft = new Draft(this);
    draft.timeOffsets = timeOffsets;
    return draft.finish();
  }

  /**
   * How mounts spread, as in mount_namespaces(7); as text in lower case, as in {@code config.json}.
   */
  public enum Propagation {
    /** Both ways. */
    SHARED,
    /** {@link #SHARED}, for everything mounted below too. */
    RSHARED,
    /** From the host into the container only. */
    SLAVE,
    /** {@link #SLAVE}, for everything mounted below too. */
    RSLAVE,
    /** Not at all. */
    PRIVATE,
    /** {@link #PRIVATE}, for everything mounted below too. */
    RPRIVATE,
    /** Not at all, and it cannot be the source of a bind mount. */
    UNBINDABLE,
    /** {@link #UNBINDABLE}, for everything mounted below too. */
    RUNBINDABLE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** This section while one part of it is exchanged. */
  private static final class Draft {
    private List<IdMapping> uidMappings;
    private List<IdMapping> gidMappings;
    private Map<String, String> sysctl;
    private LinuxResources resources;
    private @Nullable String cgroupsPath;
    private List<Namespace> namespaces;
    private List<Device> devices;
    private Map<String, NetDevice> netDevices;
    private @Nullable Seccomp seccomp;
    private @Nullable Propagation rootfsPropagation;
    private List<String> maskedPaths;
    private List<String> readonlyPaths;
    private @Nullable String mountLabel;
    private @Nullable IntelRdt intelRdt;
    private @Nullable MemoryPolicy memoryPolicy;
    private @Nullable Personality personality;
    private Map<String, TimeOffset> timeOffsets;

    Draft(LinuxSpec from) {
      uidMappings = from.uidMappings;
      gidMappings = from.gidMappings;
      sysctl = from.sysctl;
      resources = from.resources;
      cgroupsPath = from.cgroupsPath;
      namespaces = from.namespaces;
      devices = from.devices;
      netDevices = from.netDevices;
      seccomp = from.seccomp;
      rootfsPropagation = from.rootfsPropagation;
      maskedPaths = from.maskedPaths;
      readonlyPaths = from.readonlyPaths;
      mountLabel = from.mountLabel;
      intelRdt = from.intelRdt;
      memoryPolicy = from.memoryPolicy;
      personality = from.personality;
      timeOffsets = from.timeOffsets;
    }

    LinuxSpec finish() {
      return new LinuxSpec(
          uidMappings,
          gidMappings,
          sysctl,
          resources,
          cgroupsPath,
          namespaces,
          devices,
          netDevices,
          seccomp,
          rootfsPropagation,
          maskedPaths,
          readonlyPaths,
          mountLabel,
          intelRdt,
          memoryPolicy,
          personality,
          timeOffsets);
    }
  }
}
