package dev.berth.linux;

import dev.berth.Bundle;
import dev.berth.ContainerRuntime;
import dev.berth.UnsupportedFeatureException;
import dev.berth.core.text.HostPath;
import dev.berth.linux.lifecycle.Adopt;
import dev.berth.linux.state.StateRoot;
import dev.berth.linux.sys.Host;
import dev.berth.linux.sys.HostEnvironment;
import dev.berth.linux.sys.StandardDescriptors;
import dev.berth.spec.Spec;
import dev.berth.spi.RuntimeProvider;
import dev.berth.spi.RuntimeSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What {@link java.util.ServiceLoader} finds. */
public final class LinuxRuntimeProvider implements RuntimeProvider {

  /** For {@link java.util.ServiceLoader}. */
  public LinuxRuntimeProvider() {}

  @Override
  public ContainerRuntime runtime(RuntimeSettings settings) {
    Host.kernel().requireSupported();
    StandardDescriptors.occupy();
    if (settings.adoptsCgroup()) {
      Adopt.cgroup();
    }
    Path root = settings.root().map(HostPath::absolute).orElseGet(LinuxRuntimeProvider::root);
    return new LinuxRuntime(
        new StateRoot(root.normalize()), settings.cgroupDriver(), settings.launchTimeout());
  }

  private static Path root() {
    try {
      return StateRoot.defaultPath(
          Host.geteuid(),
          Host.isInFirstUserNamespace(),
          Optional.ofNullable(HostEnvironment.get("XDG_RUNTIME_DIR")));
    } catch (IOException e) {
      throw new UnsupportedFeatureException("/proc has to be mounted: " + e);
    }
  }

  @Override
  public Bundle openBundle(Path directory) {
    return LinuxBundle.open(directory);
  }

  @Override
  public Bundle createBundle(Path directory, Spec spec) {
    return LinuxBundle.create(directory, spec);
  }
}
