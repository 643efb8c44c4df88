package dev.berth.linux;

import dev.berth.Limits;
import dev.berth.core.cgroup.ResourceChange;
import dev.berth.core.text.HostPath;
import dev.berth.linux.sys.WindowSize;
import dev.berth.spec.Capabilities;
import dev.berth.spec.LinuxResources;
import dev.berth.spec.Mount;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.ProcessSpec.ConsoleSize;
import dev.berth.spec.Root;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import dev.berth.spi.Printable;
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

  static UnaryOperator<Spec> mounts(List<Mount> more) {
    return spec -> {
      List<Mount> mounts = new ArrayList<>(spec.mounts());
      mounts.addAll(more);
      return spec.withMounts(mounts);
    };
  }

  /** Relative destinations are there for old configurations; in a program one is a mistake. */
  static Mount bind(Path source, String destination, String... options) {
    if (!destination.startsWith("/")) {
      throw new IllegalArgumentException(
          "destination \"%1$s\": must be absolute, such as \"/%1$s\"".formatted(destination));
    }
    return Mount.bind(HostPath.text(HostPath.absolute(source)), destination, options);
  }

  static UnaryOperator<Spec> limits(Limits limits) {
    return spec -> {
      LinuxResources before = spec.linux().resources();
      LinuxResources change = LimitEdits.of(limits, before);
      return spec.withLinux(
          spec.linux().withResources(new ResourceChange(before, change).merged()));
    };
  }

  static UnaryOperator<ProcessSpec> user(int uid, int gid) {
    requireNumber("uid", uid);
    requireNumber("gid", gid);
    return process -> {
      User user = process.user();
      return process.withUser(new User(uid, gid, user.umask(), user.additionalGids()));
    };
  }

  /** With a terminal of this size. */
  static UnaryOperator<ProcessSpec> terminal(int columns, int rows) {
    WindowSize size = new WindowSize(columns, rows);
    ConsoleSize consoleSize = new ConsoleSize(size.rows(), size.columns());
    return process -> process.withTerminal(true).withConsoleSize(consoleSize);
  }

  static UnaryOperator<ProcessSpec> additionalGroups(int... gids) {
    IntStream.of(gids).forEach(gid -> requireNumber("gid", gid));
    return process -> {
      User user = process.user();
      List<Long> groups = new ArrayList<>(user.additionalGids());
      IntStream.of(gids).forEach(gid -> groups.add((long) gid));
      return process.withUser(new User(user.uid(), user.gid(), user.umask(), groups));
    };
  }

  private static void requireNumber(String what, int number) {
    if (number < 0) {
      throw new IllegalArgumentException("%s: must be at least 0, is %s".formatted(what, number));
    }
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
  static UnaryOperator<ProcessSpec> environment(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException(
          "environment variable \"%s\": a name is not empty and has no '='"
              .formatted(Printable.value(name)));
    }
    return process -> {
      List<String> environment = new ArrayList<>(process.env());
      environment.removeIf(variable -> variable.startsWith(name + "="));
      environment.add(name + "=" + value);
      return process.withEnv(environment);
    };
  }
}
