package dev.berth.linux;

import dev.berth.Limits;
import dev.berth.core.cgroup.ResourceChange;
import dev.berth.core.text.HostPath;
import dev.berth.spec.Capabilities;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.Mount;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the nouns of the builders mean, in terms of the specification. */
final class SpecEdits {
  private SpecEdits() {}

  static UnaryOperator<Spec> process(UnaryOperator<ProcessSpec> change) {
    return spec -> {
      ProcessSpec process = spec.process();
      return process == null ? spec : spec.withProcess(change.apply(process));
    };
  }

  static UnaryOperator<Spec> rootfs(Path directory) {
    String path = HostPath.text(HostPath.absolute(directory).normalize());
    return spec -> {
      Root root = spec.root();
      return spec.withRoot(new Root(path, root == null || root.readonly()));
    };
  }

  static UnaryOperator<Spec> writable() {
    return spec -> {
      Root root = spec.root();
      return root == null ? spec : spec.withRoot(new Root(root.path(), false));
    };
  }

  static UnaryOperator<Spec> mount(Mount mount) {
    return spec -> {
      List<Mount> mounts = new ArrayList<>(spec.mounts());
      mounts.add(mount);
      return spec.withMounts(mounts);
    };
  }

  static UnaryOperator<Spec> limits(Limits limits) {
    return spec -> {
      LinuxResources before = spec.linux().resources();
      LinuxResources change = LimitEdits.of(limits, before);
      return spec.withLinux(
          spec.linux().withResources(new ResourceChange(before, change).merged()));
    };
  }

  static ProcessSpec user(ProcessSpec process, int uid, int gid) {
    User user = process.user();
    return process.withUser(new User(uid, gid, user.umask(), user.additionalGids()));
  }

  /** With a terminal of this size. */
  static ProcessSpec terminal(ProcessSpec process, int columns, int rows) {
    return process.withTerminal(true).withConsoleSize(new ProcessSpec.ConsoleSize(rows, columns));
  }

  static ProcessSpec additionalGroups(ProcessSpec process, int... gids) {
    User user = process.user();
    List<Long> groups = new ArrayList<>(user.additionalGids());
    IntStream.of(gids).forEach(gid -> groups.add((long) gid));
    return process.withUser(new User(user.uid(), user.gid(), user.umask(), groups));
  }

  /** Not the inheritable set: what is in it, any program with file capabilities could gain. */
  static ProcessSpec capabilities(ProcessSpec process, List<String> names) {
    Capabilities own = process.capabilities();
    return process.withCapabilities(
        new Capabilities(
            joined(own.bounding(), names),
            joined(own.effective(), names),
            own.inheritable(),
            joined(own.permitted(), names),
            own.ambient()));
  }

  private static List<String> joined(List<String> own, List<String> more) {
    return Stream.concat(own.stream(), more.stream()).distinct().toList();
  }

  /** The environment with one variable more, or with another value for it. */
  static ProcessSpec environment(ProcessSpec process, String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException(
          "environment variable \"%s\": a name is not empty and has no '='".formatted(name));
    }
    List<String> environment = new ArrayList<>(process.env());
    environment.removeIf(variable -> variable.startsWith(name + "="));
    environment.add(name + "=" + value);
    return process.withEnv(environment);
  }
}
