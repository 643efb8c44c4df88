package dev.berth.core.spec;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A file system's own options, and what the kernel's two ways to hand them over can take. */
public final class MountData {
  /** What mount(2) takes of all of them together, with commas between them. */
  public static final int MAX = 4095;

  /** What fsconfig(2) takes of one value. */
  private static final int VALUE_MAX = 255;

  private MountData() {}

  /** How many bytes they are for mount(2). */
  public static int length(List<String> data) {
    return bytes(String.join(",", data));
  }

  /**
   * Whether mount(2) can take the option, and fsconfig(2) cannot: it is too long, or has a comma,
   * which overlay wants escaped, and which fsconfig(2) refuses before Linux 6.5 even so.
   */
  public static boolean isForMount(String option) {
    return bytes(option.substring(option.indexOf('=') + 1)) > VALUE_MAX || option.indexOf(',') >= 0;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
