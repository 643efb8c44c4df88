package dev.berth.core.plan;

import dev.berth.core.spec.MountData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file system to be mounted.
 *
 * @param superblock its flags, in the words of mount(8)
 * @param data its own options, as the user gave them
 * @param label the SELinux label of all its files; {@code null} if they have their own
 */
record FileSystem(
    String type,
    String source,
    List<String> superblock,
    List<String> data,
    @Nullable String label) {

  /** Whether fsconfig(2) does not take all of it, and mount(2) does. */
  boolean isForMount() {
    return MountData.length(data) <= MountData.MAX
        && (superblock.contains("iversion") || data.stream().anyMatch(MountData::isForMount));
  }

  /** What fsconfig(2) is told. */
  List<String> parameters() {
    boolean tooLong = MountData.length(data) > MountData.MAX;
    List<String> parameters = parameters(superblock, tooLong ? OverlayLayers.apart(data) : data);
    if (label != null) {
      parameters.add("context=" + label);
    }
    return parameters;
  }

  /** The same, which has no word for {@code iversion} and its contrary. */
  static List<String> parameters(List<String> superblock, List<String> data) {
    List<String> parameters = new ArrayList<>(superblock);
    parameters.removeIf(word -> word.endsWith("iversion"));
    parameters.addAll(data);
    return parameters;
  }

  /** What mount(2) is told besides the flags; a label has commas. */
  String text() {
    List<String> all = new ArrayList<>(data);
    if (label != null) {
      all.add("context=\"" + label + "\"");
    }
    return String.join(",", all);
  }
}
