package dev.berth.linux.lifecycle;

import dev.berth.UnsupportedFeatureException;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** What the security modules of this host's kernel make of a configuration. */
final class SecurityModules {
  private static final Path APPARMOR = Path.of("/sys/module/apparmor/parameters/enabled");
  private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");

  private SecurityModules() {}

  /**
   * The configuration without an SELinux label where SELinux is disabled: labels are then nothing
   * that anybody looks at.
   *
   * @throws UnsupportedFeatureException if there is an AppArmor profile, and no AppArmor: the
   *     process would be confined by nothing
   */
  static Spec applicable(Spec spec) throws IOException {
    ProcessSpec process = Objects.requireNonNull(spec.process(), "checked");
    if (process.apparmorProfile() != null && !isApparmorEnabled()) {
      throw new UnsupportedFeatureException(
          "process.apparmorProfile: \"%s\" would confine nothing, since AppArmor is not enabled on this host"
              .formatted(process.apparmorProfile()));
    }
    return process.selinuxLabel() == null || isSelinuxEnabled()
        ? spec
        : spec.withProcess(process.withSelinuxLabel(null));
  }

  private static boolean isApparmorEnabled() throws IOException {
    return Files.exists(APPARMOR) && Files.readString(APPARMOR).startsWith("Y");
  }

  private static boolean isSelinuxEnabled() {
    return Files.exists(SELINUX);
  }
}
