package dev.berth.linux.sys;

import dev.berth.UnsupportedFeatureException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a kernel. It decides about one thing only, whether Berth can work at all: what a
 * newer kernel can do is asked of the kernel itself, since distributions carry features back.
 *
 * @param release the whole text, as {@code uname -r} prints it
 */
public record KernelVersion(int major, int minor, String release) {

  /** The first with all of the new mount API, of pidfds and of {@code clone3} that is needed. */
  private static final KernelVersion OLDEST = new KernelVersion(5, 14, "5.14");

  private static final Pattern RELEASE = Pattern.compile("(\\d{1,5})\\.(\\d{1,5}).*");

  /**
   * Reads a release.
   *
   * @throws IllegalArgumentException if it does not begin with two numbers
   */
  public static KernelVersion parse(String release) {
    Matcher matcher = RELEASE.matcher(release);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a kernel release: \"" + release + "\"");
    }
    return new KernelVersion(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), release);
  }

  /**
   * Does nothing on a kernel that is new enough.
   *
   * @throws UnsupportedFeatureException with one sentence on an older one
   */
  public void requireSupported() {
    if (major < OLDEST.major || (major == OLDEST.major && minor < OLDEST.minor)) {
      throw new UnsupportedFeatureException(
          "Linux %s or newer is needed; this is %s".formatted(OLDEST.release, release));
    }
  }
}
