package dev.berth.cli;

import dev.berth.spec.Capabilities;
import dev.berth.spec.ProcessSpec;
import dev.berth.spec.User;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the program of {@code exec} differs from that of the container. */
final class ProcessOptions {
  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME=VALUE",
      description = "Add a variable to the environment, or replace it.")
  private List<String> env = List.of();

  @Option(names = "--cwd", paramLabel = "DIR", description = "The working directory.")
  private @Nullable String cwd;

  @Option(
      names = {"-u", "--user"},
      paramLabel = "UID[:GID]",
      description = "The user, and its group, by number.")
  private @Nullable String user;

  @Option(
      names = {"-g", "--additional-gids"},
      paramLabel = "GID",
      description = "Add a further group, by number.")
  private List<String> additionalGids = List.of();

  @Option(
      names = {"-c", "--cap"},
      paramLabel = "CAP",
      description = "Add a capability, such as CAP_NET_ADMIN.")
  private List<String> capabilities = List.of();

  @Option(
      names = "--no-new-privs",
      description = "Let the program gain no privileges by execve(2).")
  private @Nullable Boolean noNewPrivileges;

  @Option(
      names = {"-t", "--tty"},
      description = "Give the program a terminal of its own.")
  private boolean tty;

  @Option(names = "--process-label", paramLabel = "LABEL", description = "The SELinux label.")
  private @Nullable String processLabel;

  @Option(names = "--apparmor", paramLabel = "PROFILE", description = "The AppArmor profile.")
  private @Nullable String apparmor;

  /**
   * The container's own process with another command, and what the options change of it.
   *
   * @throws IllegalArgumentException if there is no command, or an option has no meaning
   */
  ProcessSpec process(ProcessSpec own, List<String> command) {
    if (command.isEmpty()) {
      throw new IllegalArgumentException("exec: no command; name one after the container's id");
    }
    ProcessSpec process =
        own.withArgs(command)
            .withTerminal(tty)
            .withEnv(environment(own.env()))
            .withUser(user(own.user()))
            .withCapabilities(capabilities(own.capabilities()));
    if (cwd != null) {
      process = process.withCwd(cwd);
    }
    if (apparmor != null) {
      process = process.withApparmorProfile(apparmor);
    }
    if (processLabel != null) {
      process = process.withSelinuxLabel(processLabel);
    }
    return noNewPrivileges == null ? process : process.withNoNewPrivileges(noNewPrivileges);
  }

  private List<String> environment(List<String> own) {
    List<String> result = new ArrayList<>(own);
    for (String variable : env) {
      int equals = variable.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "--env \"%s\": not of the form NAME=VALUE".formatted(variable));
      }
      String name = variable.substring(0, equals + 1);
      result.removeIf(other -> other.startsWith(name));
      result.add(variable);
    }
    return result;
  }

  private User user(User own) {
    User base = user == null ? own : NumericUser.parse(user).in(own);
    List<Long> groups = new ArrayList<>(base.additionalGids());
    additionalGids.forEach(gid -> groups.add(NumericUser.id("group", gid, gid)));
    return new User(base.uid(), base.gid(), base.umask(), groups);
  }

  /** Not the inheritable set: what is in it, any program with file capabilities could gain. */
  private Capabilities capabilities(Capabilities own) {
    return new Capabilities(
        with(own.bounding()),
        with(own.effective()),
        own.inheritable(),
        with(own.permitted()),
        own.ambient());
  }

  private List<String> with(List<String> own) {
    List<String> result = new ArrayList<>(own);
    result.addAll(capabilities);
    return result;
  }
}
