package dev.berth.core.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * The layers of an overlay one by one, as {@code lowerdir+} and {@code datadir+} (Linux 6.7): for
 * when all of them together are more than any call takes.
 *
 * @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">overlayfs</a>
 */
final class OverlayLayers {
  private static final String LAYERS = "lowerdir=";

  private OverlayLayers() {}

  /** The options of an overlay, with {@code lowerdir} taken apart. */
  static List<String> apart(List<String> options) {
    List<String> apart = new ArrayList<>();
    for (String option : options) {
      if (option.startsWith(LAYERS)) {
        addLayers(option.substring(LAYERS.length()), apart);
      } else {
        apart.add(option);
      }
    }
    return apart;
  }

  /** After {@code ::} there are only data layers. A backslash is for {@code lowerdir} alone. */
  private static void addLayers(String layers, List<String> options) {
    String name = "lowerdir+=";
    StringBuilder layer = new StringBuilder();
    for (int i = 0; i < layers.length(); i++) {
      char c = layers.charAt(i);
      if (c == '\\' && i + 1 < layers.length()) {
        layer.append(layers.charAt(++i));
      } else if (c != ':') {
        layer.append(c);
      } else if (layer.isEmpty()) {
        name = "datadir+=";
      } else {
        options.add(name + layer);
        layer.setLength(0);
      }
    }
    options.add(name + layer);
  }
}
