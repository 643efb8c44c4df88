package dev.berth.cli;

import dev.berth.Container;
import dev.berth.spec.IntelRdt;
import dev.berth.spec.LinuxResources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(description = "Change limits of a container. What is not mentioned stays as it is.")
final class UpdateCommand implements Verb {
  private final GlobalOptions global;

  @Option(
      names = {"-r", "--resources"},
      paramLabel = "FILE",
      description =
          "The limits, as the object linux.resources of config.json; - for standard input. Options"
              + " for single limits say nothing then.")
  private @Nullable Path resources;

  @Mixin private LimitOptions limits = new LimitOptions();

  @Option(
      names = "--l3-cache-schema",
      paramLabel = "SCHEMA",
      description = "Shares of the last-level cache, such as L3:0=7f0.")
  private @Nullable String l3CacheSchema;

  @Option(
      names = "--mem-bw-schema",
      paramLabel = "SCHEMA",
      description = "Shares of memory bandwidth, such as MB:0=20.")
  private @Nullable String memBwSchema;

  @Parameters(paramLabel = "ID", description = "The container.")
  private String id = "";

  UpdateCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public int run() throws IOException {
    Container container = global.container(id);
    LinuxResources change =
        resources == null
            ? limits.resources()
            : JsonFile.read("resources", resources, LinuxResources.class);
    if (l3CacheSchema == null && memBwSchema == null) {
      container.update(change);
    } else {
      container.update(
          change, new IntelRdt(null, List.of(), l3CacheSchema, memBwSchema, false, false, false));
    }
    return 0;
  }
}
