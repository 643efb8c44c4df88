package dev.berth.core.spec;

import dev.berth.spec.LinuxSpec.Propagation;
import dev.berth.spec.Mount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the options of a mount mean to the kernel (config.md, "Linux mount options").
 *
 * <p>Of options that contradict each other the later one wins, and others add up: {@code bind} does
 * not take back the recursion of {@code rbind}, nor {@code norelatime} a {@code noatime}. What the
 * specification does not name is for the file system to understand, or to refuse.
 *
 * @param source of a bind mount, how much of it; {@link Source#NEW} for a new file system
 * @param attributes of the mount itself
 * @param recursiveAttributes of the mount and all below it
 * @param propagation in the order given: {@code slave} and then {@code shared} is both
 * @param superblock flags of the file system, by their names in mount(8); of two that contradict
 *     each other only the later one
 * @param data the file system's own options: {@code name} or {@code name=value}
 * @param idMapped how much of a bind mount has its ids mapped
 * @param copiesUp whether a tmpfs begins with what is in the directory that it covers
 */
public record MountOptions(
    Source source,
    Attributes attributes,
    Attributes recursiveAttributes,
    List<Propagation> propagation,
    List<String> superblock,
    List<String> data,
    IdMapped idMapped,
    boolean copiesUp) {

  private static final Map<String, Meaning> MEANINGS = meanings();

  /** Copies the lists. */
  public MountOptions {
    propagation = List.copyOf(propagation);
    superblock = List.copyOf(superblock);
    data = List.copyOf(data);
  }

  /** Where the mounted file system comes from. */
  public enum Source {
    /** Made for this mount. */
    NEW,
    /** A directory or file of the host. */
    BIND,
    /** The same, with everything mounted below it. */
    RECURSIVE_BIND,
    /** It is mounted at the destination already, and only changed: {@code remount}. */
    MOUNTED,
    /** The same, where the file system itself stays as it is: {@code remount} and {@code bind}. */
    MOUNTED_BIND
  }

  /** How much of a tree has its ids mapped. */
  public enum IdMapped {
    /** Nothing, unless the mount has mappings of its own. */
    NO,
    /** {@code idmap}: the mount. */
    MOUNT,
    /** {@code ridmap}: the mount and all below it. */
    TREE
  }

  /**
   * Changes to a mount, in bits of {@link MountAttribute}.
   *
   * @param set what to set, after clearing
   * @param clear what to clear
   */
  public record Attributes(long set, long clear) {
    /** No change. */
    public static final Attributes UNCHANGED = new Attributes(0, 0);

    /**
     * Of each option the whole field is cleared, and then its value set: the kernel insists on that
     * for the access time, which is a number in three bits.
     */
    private Attributes with(long field, long value) {
      return new Attributes((set & ~field) | value, clear | field);
    }

    /** Without {@code mode}, if that is the access time so far: Linux then has its default. */
    private Attributes withoutAccessTime(long mode) {
      boolean another = (clear & MountAttribute.ATIME) != 0 && (set & MountAttribute.ATIME) != mode;
      return another ? this : with(MountAttribute.ATIME, MountAttribute.RELATIME);
    }

    /** These, and then {@code later} ones, which win. */
    public Attributes then(Attributes later) {
      return new Attributes((set & ~later.clear) | later.set, clear | later.clear);
    }

    /** These, but for {@code field}, which stays as it is. */
    public Attributes without(long field) {
      return new Attributes(set & ~field, clear & ~field);
    }

    /** Whether there is nothing to do. */
    public boolean isUnchanged() {
      return equals(UNCHANGED);
    }
  }

  /** What one option stands for. */
  private sealed interface Meaning {
    record Attribute(long field, long value, boolean recursive) implements Meaning {}

    /** The negation of one mode of the access time. */
    record NoAccessTime(long mode, boolean recursive) implements Meaning {}

    record From(Source source) implements Meaning {}

    record Remount() implements Meaning {}

    record Mapped(IdMapped part) implements Meaning {}

    record CopyUp() implements Meaning {}

    record Spread(Propagation propagation) implements Meaning {}

    /** A flag of the superblock; {@code opposite} is the name of the contrary. */
    record Superblock(String opposite) implements Meaning {}

    /** Nothing to do: the kernel's default. */
    record Nothing() implements Meaning {}
  }

  /** Reads the options of {@code mount}. */
  public static MountOptions of(Mount mount) {
    Source source = "bind".equals(mount.type()) ? Source.BIND : Source.NEW;
    boolean remount = false;
    Attributes attributes = Attributes.UNCHANGED;
    Attributes recursive = Attributes.UNCHANGED;
    List<Propagation> propagation = new ArrayList<>();
    List<String> superblock = new ArrayList<>();
    List<String> data = new ArrayList<>();
    IdMapped idMapped = IdMapped.NO;
    boolean copiesUp = false;
    for (String option : mount.options()) {
      switch (MEANINGS.get(option)) {
        case null -> data.add(option);
        case Meaning.Attribute(long field, long value, boolean below) -> {
          if (below) {
            recursive = recursive.with(field, value);
          } else {
            attributes = attributes.with(field, value);
          }
        }
        case Meaning.NoAccessTime(long mode, boolean below) -> {
          if (below) {
            recursive = recursive.withoutAccessTime(mode);
          } else {
            attributes = attributes.withoutAccessTime(mode);
          }
        }
        case Meaning.From(Source from) -> source = max(source, from);
        case Meaning.Remount() -> remount = true;
        case Meaning.Spread(Propagation spread) -> propagation.add(spread);
        case Meaning.Superblock(String opposite) -> {
          superblock.removeAll(List.of(option, opposite));
          superblock.add(option);
        }
        case Meaning.Mapped(IdMapped part) -> idMapped = max(idMapped, part);
        case Meaning.CopyUp() -> copiesUp = true;
        case Meaning.Nothing() -> {}
      }
    }
    return new MountOptions(
        remount ? mounted(source) : source,
        attributes,
        recursive,
        propagation,
        superblock,
        data,
        idMapped,
        copiesUp);
  }

  /** The constants are in the order of how much they mean. */
  private static <E extends Enum<E>> E max(E one, E other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static Source mounted(Source source) {
    return source == Source.NEW ? Source.MOUNTED : Source.MOUNTED_BIND;
  }

  /** Every option that is not left to the file system. */
  public static Set<String> known() {
    return MEANINGS.keySet();
  }

  /** Whether {@code option} is none that the specification names, but the file system's own. */
  static boolean isData(String option) {
    return !MEANINGS.containsKey(option);
  }

  /** Whether something of the host is mounted, and no new file system. */
  public boolean isBind() {
    return source == Source.BIND || source == Source.RECURSIVE_BIND;
  }

  /** Whether it is about a mount that an earlier entry has made. */
  public boolean isRemount() {
    return source == Source.MOUNTED || source == Source.MOUNTED_BIND;
  }

  private static Map<String, Meaning> meanings() {
    Map<String, Meaning> table = new HashMap<>();
    table.put("bind", new Meaning.From(Source.BIND));
    table.put("rbind", new Meaning.From(Source.RECURSIVE_BIND));
    for (Propagation propagation : Propagation.values()) {
      table.put(propagation.toString(), new Meaning.Spread(propagation));
    }
    attribute(table, "ro", "rw", MountAttribute.RDONLY);
    attribute(table, "nosuid", "suid", MountAttribute.NOSUID);
    attribute(table, "nodev", "dev", MountAttribute.NODEV);
    attribute(table, "noexec", "exec", MountAttribute.NOEXEC);
    attribute(table, "nodiratime", "diratime", MountAttribute.NODIRATIME);
    attribute(table, "nosymfollow", "symfollow", MountAttribute.NOSYMFOLLOW);
    accessTime(table, "noatime", MountAttribute.NOATIME);
    accessTime(table, "strictatime", MountAttribute.STRICTATIME);
    accessTime(table, "relatime", MountAttribute.RELATIME);
    // The negations go back to the kernel's default, which has been relatime since Linux 2.6.30.
    noAccessTime(table, "atime", MountAttribute.NOATIME);
    noAccessTime(table, "nostrictatime", MountAttribute.STRICTATIME);
    noAccessTime(table, "norelatime", MountAttribute.RELATIME);
    table.put("dirsync", new Meaning.Superblock("dirsync"));
    superblock(table, "sync", "async");
    superblock(table, "lazytime", "nolazytime");
    superblock(table, "iversion", "noiversion");
    superblock(table, "mand", "nomand"); // without effect since Linux 5.15
    table.put("remount", new Meaning.Remount());
    table.put("idmap", new Meaning.Mapped(IdMapped.MOUNT));
    table.put("ridmap", new Meaning.Mapped(IdMapped.TREE));
    table.put("tmpcopyup", new Meaning.CopyUp());
    // fsopen(2) has no flag for silence and needs none: what a file system has to say about a mount
    // goes to the descriptor, not to the kernel's log.
    for (String nothing : List.of("defaults", "silent", "loud")) {
      table.put(nothing, new Meaning.Nothing());
    }
    return Map.copyOf(table);
  }

  private static void attribute(
      Map<String, Meaning> table, String set, String clear, long attribute) {
    table.put(set, new Meaning.Attribute(attribute, attribute, false));
    table.put(clear, new Meaning.Attribute(attribute, 0, false));
    table.put("r" + set, new Meaning.Attribute(attribute, attribute, true));
    table.put("r" + clear, new Meaning.Attribute(attribute, 0, true));
  }

  private static void accessTime(Map<String, Meaning> table, String option, long value) {
    table.put(option, new Meaning.Attribute(MountAttribute.ATIME, value, false));
    table.put("r" + option, new Meaning.Attribute(MountAttribute.ATIME, value, true));
  }

  private static void noAccessTime(Map<String, Meaning> table, String option, long mode) {
    table.put(option, new Meaning.NoAccessTime(mode, false));
    table.put("r" + option, new Meaning.NoAccessTime(mode, true));
  }

  private static void superblock(Map<String, Meaning> table, String set, String clear) {
    table.put(set, new Meaning.Superblock(clear));
    table.put(clear, new Meaning.Superblock(set));
  }
}
