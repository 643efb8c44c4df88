package dev.berth.spec;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code process}: the program of a container, or one that is executed in it later (config.md,
 * "Process").
 *
 * @param terminal whether it gets a terminal; {@code false} unless given
 * @param consoleSize that terminal's size, ignored without one; {@code null} leaves it to the
 *     runtime
 * @param user whom it runs as; {@link User#ROOT} unless given
 * @param args the program and its arguments; a name without a slash is looked up in the PATH of
 *     {@code env}
 * @param env its environment, each {@code NAME=value}
 * @param cwd its working directory, absolute, inside the container
 * @param capabilities what of root's power it starts with
 * @param rlimits resource limits of its own; all others are the runtime's
 * @param noNewPrivileges whether execve(2) can gain it no privileges; {@code false} unless given
 * @param apparmorProfile the AppArmor profile, which must be loaded; {@code null} for none
 * @param oomScoreAdj -1000, spared, to 1000, killed first, when memory runs out; {@code null}
 *     leaves it as it is
 * @param scheduler how it is scheduled; {@code null} leaves it as it is
 * @param selinuxLabel the SELinux label; {@code null} for none
 * @param ioPriority the priority of its input and output; {@code null} leaves it as it is
 * @param execCPUAffinity which processors a later exec uses; of no meaning for a container's first
 *     program
 */
public record ProcessSpec(
    boolean terminal,
    @Nullable ConsoleSize consoleSize,
    User user,
    List<String> args,
    List<String> env,
    @Required String cwd,
    Capabilities capabilities,
    List<Rlimit> rlimits,
    boolean noNewPrivileges,
    @Nullable String apparmorProfile,
    @Nullable Integer oomScoreAdj,
    @Nullable Scheduler scheduler,
    @Nullable String selinuxLabel,
    @Nullable IoPriority ioPriority,
    @Nullable ExecCpuAffinity execCPUAffinity) {
  /** Copies the lists. */
  public ProcessSpec {
    user = Objects.requireNonNullElse(user, User.ROOT);
    args = Absent.asEmpty(args);
    env = Absent.asEmpty(env);
    Objects.requireNonNull(cwd, "cwd");
    capabilities = Objects.requireNonNullElse(capabilities, Capabilities.NONE);
    rlimits = Absent.asEmpty(rlimits);
    apparmorProfile = Absent.ifEmpty(apparmorProfile);
    selinuxLabel = Absent.ifEmpty(selinuxLabel);
  }

  /** This process with or without a terminal. */
  public ProcessSpec withTerminal(boolean terminal) {
    Draft draft = new Draft(this);
    draft.terminal = terminal;
    return draft.finish();
  }

  /** This process with a terminal of another size. */
  public ProcessSpec withConsoleSize(ConsoleSize consoleSize) {
    Draft draft = new Draft(this);
    draft.consoleSize = consoleSize;
    return draft.finish();
  }

  /** This process with another user. */
  public ProcessSpec withUser(User user) {
    Draft draft = new Draft(this);
    draft.user = user;
    return draft.finish();
  }

  /** This process with another program and its arguments. */
  public ProcessSpec withArgs(List<String> args) {
    Draft draft = new Draft(this);
    draft.args = args;
    return draft.finish();
  }

  /** This process with this environment and nothing else in it. */
  public ProcessSpec withEnv(List<String> env) {
    Draft draft = new Draft(this);
    draft.env = env;
    return draft.finish();
  }

  /** This process with another working directory. */
  public ProcessSpec withCwd(String cwd) {
    Draft draft = new Draft(this);
    draft.cwd = cwd;
    return draft.finish();
  }

  /** This process with these capabilities and no others. */
  public ProcessSpec withCapabilities(Capabilities capabilities) {
    Draft draft = new Draft(this);
    draft.capabilities = capabilities;
    return draft.finish();
  }

  /** This process with these resource limits and no others. */
  public ProcessSpec withRlimits(List<Rlimit> rlimits) {
    Draft draft = new Draft(this);
    draft.rlimits = rlimits;
    return draft.finish();
  }

  /** This process whose program can, or cannot, gain privileges by execve(2). */
  public ProcessSpec withNoNewPrivileges(boolean noNewPrivileges) {
    Draft draft = new Draft(this);
    draft.noNewPrivileges = noNewPrivileges;
    return draft.finish();
  }

  /** This process with another score for the out-of-memory killer, or the one that it has. */
  public ProcessSpec withOomScoreAdj(@Nullable Integer oomScoreAdj) {
    Draft draft = new Draft(this);
    draft.oomScoreAdj = oomScoreAdj;
    return draft.finish();
  }

  /** This process with another AppArmor profile, or none. */
  public ProcessSpec withApparmorProfile(@Nullable String apparmorProfile) {
    Draft draft = new Draft(this);
    draft.apparmorProfile = apparmorProfile;
    return draft.finish();
  }

  /** This process scheduled otherwise, or as the runtime is. */
  public ProcessSpec withScheduler(@Nullable Scheduler scheduler) {
    Draft draft = new Draft(this);
    draft.scheduler = scheduler;
    return draft.finish();
  }

  /** This process with another SELinux label, or none. */
  public ProcessSpec withSelinuxLabel(@Nullable String selinuxLabel) {
    Draft draft = new Draft(this);
    draft.selinuxLabel = selinuxLabel;
    return draft.finish();
  }

  /** This process with another priority of its input and output, or the runtime's. */
  public ProcessSpec withIoPriority(@Nullable IoPriority ioPriority) {
    Draft draft = new Draft(this);
    draft.ioPriority = ioPriority;
    return draft.finish();
  }

  /** This process on other processors when it is executed in a container. */
  public ProcessSpec withExecCPUAffinity(@Nullable ExecCpuAffinity execCPUAffinity) {
    Draft draft = new Draft(this);
    draft.execCPUAffinity = execCPUAffinity;
    return draft.finish();
  }

  /**
   * {@code process.consoleSize}: the size of the terminal, in characters.
   *
   * @param height rows
   * @param width columns
   */
  public record ConsoleSize(
      @Required @Unsigned(32) long height, @Required @Unsigned(32) long width) {}

  /**
   * {@code process.execCPUAffinity}: which processors a process uses that is executed in a running
   * container; lists such as {@code 0-3,7}.
   *
   * @param initial while it is being set up, before it joins the cgroup
   * @param last once it is in the cgroup; the property is called {@code final}, which Java reserves
   */
  public record ExecCpuAffinity(@Nullable String initial, @Nullable String last) {
    /** Takes the lists as they are. */
    public ExecCpuAffinity {
      initial = Absent.ifEmpty(initial);
      last = Absent.ifEmpty(last);
    }
  }

  /** This process while one part of it is exchanged. */
  private static final class Draft {
    private boolean terminal;
    private @Nullable ConsoleSize consoleSize;
    private User user;
    private List<String> args;
    private List<String> env;
    private String cwd;
    private Capabilities capabilities;
    private List<Rlimit> rlimits;
    private boolean noNewPrivileges;
    private @Nullable String apparmorProfile;
    private @Nullable Integer oomScoreAdj;
    private @Nullable Scheduler scheduler;
    private @Nullable String selinuxLabel;
    private @Nullable IoPriority ioPriority;
    private @Nullable ExecCpuAffinity execCPUAffinity;

    Draft(ProcessSpec from) {
      terminal = from.terminal;
      consoleSize = from.consoleSize;
      user = from.user;
      args = from.args;
      env = from.env;
      cwd = from.cwd;
      capabilities = from.capabilities;
      rlimits = from.rlimits;
      noNewPrivileges = from.noNewPrivileges;
      apparmorProfile = from.apparmorProfile;
      oomScoreAdj = from.oomScoreAdj;
      scheduler = from.scheduler;
      selinuxLabel = from.selinuxLabel;
      ioPriority = from.ioPriority;
      execCPUAffinity = from.execCPUAffinity;
    }

    ProcessSpec finish() {
      return new ProcessSpec(
          terminal,
          consoleSize,
          user,
          args,
          env,
          cwd,
          capabilities,
          rlimits,
          noNewPrivileges,
          apparmorProfile,
          oomScoreAdj,
          scheduler,
          selinuxLabel,
          ioPriority,
          execCPUAffinity);
    }
  }
}
