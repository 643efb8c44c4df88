package dev.berth.linux;

import dev.berth.Bundle;
import dev.berth.CgroupDriver;
import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.core.plan.Lifetime;
import dev.berth.core.plan.RootChange;
import dev.berth.core.spec.CheckedSpec;
import dev.berth.core.spec.Findings;
import dev.berth.core.spec.SpecChecks;
import dev.berth.core.spec.SpecReader;
import dev.berth.core.spec.SpecWriter;
import dev.berth.core.state.ContainerId;
import dev.berth.core.state.SessionKeyring;
import dev.berth.core.systemd.UnitPlace;
import dev.berth.core.text.HostPath;
import dev.berth.linux.cgroup.CgroupSplit;
import dev.berth.linux.lifecycle.Attachments;
import dev.berth.linux.lifecycle.Create;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import dev.berth.spi.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A bundle as it was read. */
final class LinuxBundle implements Bundle {
  private static final String CONFIG = "config.json";

  private final Path directory;
  private final Spec spec;
  private final Findings findings;
  private volatile @Nullable CheckedSpec checked;

  private LinuxBundle(Path directory, Spec spec, Findings findings) {
    this.directory = directory;
    this.spec = spec;
    this.findings = findings;
  }

  static LinuxBundle open(Path given) {
    Path directory = absolute(given);
    if (!Files.isDirectory(directory)) {
      throw unusable(directory, Files.exists(directory) ? "not a directory" : "does not exist");
    }
    if (!Files.exists(directory.resolve(CONFIG), LinkOption.NOFOLLOW_LINKS)) {
      throw unusable(directory, CONFIG + " does not exist");
    }
    Spec spec = read(directory.resolve(CONFIG));
    return new LinuxBundle(directory, spec, validated(spec));
  }

  /**
   * Of a bundle whose name is not UTF-8 no state could be written.
   *
   * @throws InvalidSpecException if that is so
   */
  private static Path absolute(Path given) {
    Path directory = HostPath.absolute(given).normalize();
    try {
      HostPath.text(directory);
      return directory;
    } catch (IllegalArgumentException notText) {
      throw new InvalidSpecException(
          "bundle", List.of(new Problem("", String.valueOf(notText.getMessage()))));
    }
  }

  private static Spec read(Path config) {
    try {
      return SpecReader.read(config)
          .orThrow(problems -> new InvalidSpecException(CONFIG, problems));
    } catch (IOException e) {
      throw new UncheckedIOException(
          Printable.message("%s: %s".formatted(config, e.getMessage())), e);
    }
  }

  private static InvalidSpecException unusable(Path directory, String why) {
    return new InvalidSpecException(
        "bundle \"%s\"".formatted(directory), List.of(new Problem("", why)));
  }

  static LinuxBundle create(Path given, Spec spec) {
    Path directory = absolute(given);
    Findings findings = validated(spec);
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve(CONFIG), SpecWriter.write(spec), StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new UncheckedIOException(
          Printable.message("bundle \"%s\": %s".formatted(directory, e)), e);
    }
    return new LinuxBundle(directory, spec, findings);
  }

  private static Findings validated(Spec spec) {
    return SpecChecks.check(spec).requireValid(CONFIG);
  }

  /** The configuration as something to make a container of; found out once. */
  CheckedSpec checked() {
    CheckedSpec known = checked;
    if (known == null) {
      known = CheckedSpec.of(CONFIG, spec, findings);
      checked = known;
    }
    return known;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public Spec spec() {
    return spec;
  }

  @Override
  public Path root() {
    Root root = Objects.requireNonNull(spec.root(), "checked when it was read");
    return directory.resolve(HostPath.of(root.path())).normalize();
  }

  @Override
  public String explain() {
    ContainerId example = new ContainerId("container");
    String place = spec.linux().cgroupsPath();
    CgroupDriver driver =
        place != null && UnitPlace.isMeantBy(place) ? CgroupDriver.SYSTEMD : CgroupDriver.CGROUPFS;
    return Create.explain(
        new Create.Request(
            example,
            checked(),
            directory,
            CgroupSplit.WHOLE,
            Lifetime.ATTACHED,
            driver,
            RootChange.PIVOT,
            SessionKeyring.OWN,
            Attachments.NONE));
  }
}
