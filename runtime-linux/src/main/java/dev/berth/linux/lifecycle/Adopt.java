package dev.berth.linux.lifecycle;

import dev.berth.UnsupportedFeatureException;
import java.io.IOException;

/** What a program hands over to the library, before there are containers. */
public final class Adopt {
  private Adopt() {}

  /**
   * The cgroup that this JVM is in; see {@link dev.berth.ContainerRuntime.Builder#adoptCgroup()}.
   *
   * @throws UnsupportedFeatureException if that cannot be; the JVM is where it was then
   */
  public static void cgroup() {
    try {
      Machine.shared().cgroups().adopt();
    } catch (IOException e) {
      throw new UnsupportedFeatureException(String.valueOf(e.getMessage()), e);
    }
  }
}
