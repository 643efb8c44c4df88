package dev.berth.core.plan;

import dev.berth.core.seccomp.Filter;
import dev.berth.core.seccomp.SeccompCompiler;
import dev.berth.spec.Seccomp;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code linux.seccomp}: one filter, at one of three places. Every step behind it is subject to it,
 * so it is as late as can be.
 *
 * <ul>
 *   <li>Without {@code noNewPrivileges} it takes CAP_SYS_ADMIN to load a filter, and so comes
 *       before the capabilities are given up.
 *   <li>With an agent that is notified it comes before the container is created: without the agent,
 *       there is no such container.
 *   <li>Otherwise it comes after the start, when nothing is left to do but to run the hooks and the
 *       program. So a filter need not allow what the wait for the start takes.
 * </ul>
 */
final class SeccompPlanner {
  private static final Set<Seccomp.Flag> DEFAULT_FLAGS =
      EnumSet.of(Seccomp.Flag.SECCOMP_FILTER_FLAG_SPEC_ALLOW);

  private final Draft draft;
  private final @Nullable Seccomp profile;
  private final boolean noNewPrivileges;
  private final HostView host;

  SeccompPlanner(Draft draft, @Nullable Seccomp profile, boolean noNewPrivileges, HostView host) {
    this.draft = draft;
    this.profile = profile;
    this.noNewPrivileges = noNewPrivileges;
    this.host = host;
  }

  void beforeCapabilitiesAreGivenUp() {
    if (profile != null && !noNewPrivileges) {
      load(profile);
    }
  }

  void beforeCreated() {
    if (profile != null && noNewPrivileges && profile.notifies()) {
      load(profile);
    }
  }

  void beforeProgram() {
    if (profile != null && noNewPrivileges && !profile.notifies()) {
      load(profile);
    }
  }

  private void load(Seccomp profile) {
    Filter filter = SeccompCompiler.compile(profile, host.architecture());
    Set<Seccomp.Flag> flags = flags(profile);
    draft.add(
        profile.notifies()
            ? new Step.LoadSeccompListener(filter, flags)
            : new Step.LoadSeccomp(filter, flags));
  }

  private static Set<Seccomp.Flag> flags(Seccomp profile) {
    Set<Seccomp.Flag> flags = EnumSet.noneOf(Seccomp.Flag.class);
    flags.addAll(Objects.requireNonNullElse(profile.flags(), List.copyOf(DEFAULT_FLAGS)));
    // The process has one thread; and the kernel refuses it together with a listener.
    flags.remove(Seccomp.Flag.SECCOMP_FILTER_FLAG_TSYNC);
    return flags;
  }
}
