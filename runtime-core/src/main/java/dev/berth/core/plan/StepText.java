package dev.berth.core.plan;

import dev.berth.core.seccomp.Filter;
import dev.berth.core.spec.Capability;
import dev.berth.core.spec.MountAttribute;
import dev.berth.core.spec.NumberList;
import dev.berth.core.spec.SysctlName;
import dev.berth.core.state.HookState;
import dev.berth.spec.Hook;
import dev.berth.spec.IoPriority;
import dev.berth.spec.MemoryPolicy;
import dev.berth.spec.Personality;
import dev.berth.spec.Scheduler;
import dev.berth.spec.Seccomp;
import dev.berth.spi.Printable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A plan in words, and its steps in the words that error messages use as well: goal and object, as
 * in {@code mount proc at /proc}.
 */
public final class StepText {
  private static final String UNLIMITED = "unlimited";

  private final Plan plan;

  /** By the slot that each fills, and that no other one does. */
  private final Map<Integer, Step> sources = new HashMap<>();

  private StepText(Plan plan) {
    this.plan = plan;
    plan.steps().forEach(this::addSource);
  }

  private void addSource(Step step) {
    switch (step) {
      case Step.NewMount mount -> sources.putIfAbsent(mount.slot(), mount);
      case Step.TryMount mount -> sources.putIfAbsent(mount.slot(), mount);
      case Step.LegacyMount mount -> sources.putIfAbsent(mount.slot(), mount);
      case Step.FindMount mount -> sources.putIfAbsent(mount.slot(), mount);
      case Step.OpenMount mount -> sources.putIfAbsent(mount.slot(), mount);
      case Step.NewTerminal terminal -> sources.putIfAbsent(terminal.peer(), terminal);
      case Step.OpenTree tree -> sources.putIfAbsent(tree.slot(), tree);
      default -> {} // fills no slot, or only where another step has not
    }
  }

  /** All of {@code plan}: a header, then a line for each step with its index. */
  public static String of(Plan plan) {
    StringBuilder text = new StringBuilder();
    text.append("new namespaces: ").append(list(plan.namespaces().stream().sorted().toList()));
    text.append("\nreceives: ")
        .append(list(plan.descriptors().stream().map(StepText::describe).toList()))
        .append('\n');
    StepText words = new StepText(plan);
    for (int index = 0; index < plan.steps().size(); index++) {
      text.append(
          "%3s  %s\n".formatted(index, Printable.text(words.describe(plan.steps().get(index)))));
    }
    return text.toString();
  }

  /**
   * What the step at {@code index} of {@code plan} does. Nothing in it reaches a terminal or a log
   * as anything but text, whatever the configuration has.
   */
  public static String describe(Plan plan, int index) {
    return Printable.text(new StepText(plan).describe(plan.steps().get(index)));
  }

  private String describe(Step step) {
    return switch (step) {
      case Step.ResetSignals() -> "reset the signals";
      case Step.SetUmask(int mask) -> "set umask %04o".formatted(mask);
      case Step.SetName(String name) -> "set process name " + quote(name);
      case Step.SetNonDumpable() -> "make the process non-dumpable";
      case Step.DieWithParent() -> "ask to die with the runtime";
      case Step.SetAffinity(NumberList processors) -> "run on processors " + processors;
      case Step.ResetAffinity() -> "run on all processors of the cgroup";
      case Step.MakeKeyring(String name) -> "make session keyring " + quote(name);
      case Step.JoinKeyring(String name) -> "join session keyring " + quote(name);
      case Step.JoinCgroup(int slot) -> "join cgroup: " + content(slot);
      case Step.OpenProcfs(List<String> options) ->
          "open a procfs for itself" + (options.isEmpty() ? "" : " (" + list(options) + ")");
      case Step.CloseProcfs() -> "close that procfs";
      case Step.SetOomScoreAdj(int value) -> "set oom_score_adj " + value;
      case Step.SetKeyLabel(String label) -> "set SELinux label of keys " + quote(label);
      case Step.SetSelinuxLabel(String label) -> "set SELinux label " + quote(label);
      case Step.SetApparmorProfile(String profile) -> "set AppArmor profile " + quote(profile);
      case Step.JoinNamespaces(int _, List<NamespaceKind> namespaces) ->
          "join namespaces: " + list(namespaces);
      case Step.Fork(List<NamespaceKind> namespaces, OptionalInt cgroup) ->
          "fork"
              + (cgroup.isPresent() ? " into the cgroup" : "")
              + (namespaces.isEmpty() ? "" : ", with new namespaces: " + list(namespaces));
      case Step.Unshare(List<NamespaceKind> namespaces) -> "make namespaces: " + list(namespaces);
      case Step.NewTimeNamespace(List<Step.NewTimeNamespace.Offset> offsets) ->
          "make time namespace" + ahead(offsets);
      case Step.Sync(SyncPoint point, List<Integer> _, List<Integer> _) ->
          switch (point) {
            case ENTER_CGROUP -> "wait to be in the cgroup";
            case MAP_IDS -> "wait for the ids to be mapped";
            case COMPARE_IDS -> "wait for the mappings to be compared";
            case SET_LIMITS -> "wait for the limits to be set from outside";
            case JOIN_RESCTRL -> "wait to be in the resctrl group";
            case MOVE_NETWORK_DEVICES -> "wait for the network devices";
            case RUN_RUNTIME_HOOKS -> "wait for the hooks prestart and createRuntime";
            case CONFIRM_PARENT -> "wait for the runtime to say that it is there";
            case HAND_OVER_LISTENER -> "wait for the seccomp listener to be handed over";
            case HAND_OVER_TERMINAL -> "hand over the terminal";
          };
      case Step.NewSession() -> "start a session";
      case Step.RequireFreeName(String name) ->
          "see that there is no network device " + quote(name);
      case Step.SendNetlink(int _) -> "give the network devices their addresses, and set them up";
      case Step.LoopbackUp() -> "bring up lo";
      case Step.SetRootPropagation(Propagation propagation) ->
          "set " + propagation.option() + " on /" + below(propagation.isRecursive());
      case Step.MountRoot(String hostPath) -> "mount root " + quote(hostPath);
      case Step.OpenTree(int _, String hostPath, boolean recursive) ->
          "open " + quote(hostPath) + below(recursive);
      case Step.OpenTreeInstead(int _, String hostPath, boolean recursive) ->
          "or else open " + quote(hostPath) + below(recursive);
      case Step.TryMount mount ->
          "try to make "
              + fileSystem(mount.type(), mount.source())
              + options(mount.attributes(), mount.options());
      case Step.LegacyMount mount ->
          "make %s by mount(2)%s"
              .formatted(fileSystem(mount.type(), mount.source()), options(mount));
      case Step.FindMount(int _, String target) -> "open the mount at " + quote(target);
      case Step.Reconfigure(int slot, List<String> options) ->
          "reconfigure " + content(slot) + options(0, options);
      case Step.NewMount mount ->
          "make "
              + fileSystem(mount.type(), mount.source())
              + options(mount.attributes(), mount.options());
      case Step.SetMountAttributes change -> attributes(change);
      case Step.CopyMode(int _, String target) -> "take over the mode of " + quote(target);
      case Step.CopyOwner(int _, String target) -> "take over the owner of " + quote(target);
      case Step.CopyUp(int slot, String target) ->
          "copy what is in %s to %s".formatted(quote(target), content(slot));
      case Step.Attach(int slot, String target, Symlinks _, Procfs _) ->
          "mount " + content(slot) + " at " + quote(target);
      case Step.CoverRoot(int slot) -> "mount " + content(slot) + " over the root";
      case Step.RequireDevice(int slot, DeviceKind kind, int major, int minor) ->
          "require that %s is %s".formatted(content(slot), number(kind, major, minor));
      case Step.MakeDirectory(String path, int mode) ->
          "make directory %s (%04o)".formatted(quote(path), mode);
      case Step.MakeDevice device -> "make device " + quote(device.path()) + details(device);
      case Step.MakeSymlink(String path, String content) ->
          "link %s to %s".formatted(quote(path), quote(content));
      case Step.TakeRoot(String hostPath) -> "open root " + quote(hostPath);
      case Step.DropHostMount(String hostPath) -> "drop the host's mount " + quote(hostPath);
      case Step.MoveRoot() -> "move root to /";
      case Step.ChangeRoot() -> "change root by chroot";
      case Step.ChangeRootTo(int slot) -> "change root by chroot to " + content(slot);
      case Step.PivotRoot() -> "change root";
      case Step.OpenRoot() -> "open the container's root";
      case Step.NewTerminal(int _, int _) -> "make a terminal";
      case Step.SetTerminalSize(int _, int columns, int rows) ->
          "set terminal size: %s columns, %s rows".formatted(columns, rows);
      case Step.OpenMount(int _, int of) -> "open " + content(of);
      case Step.TakeTerminal(int _, long uid) -> "take the terminal, as user " + uid;
      case Step.OwnStreams(long uid) -> "give the standard streams to user " + uid;
      case Step.MakeRootReadonly() -> "make / read-only";
      case Step.MaskPath(String path) -> "mask " + quote(path);
      case Step.MakePathReadonly(String path) -> "make %s read-only".formatted(quote(path));
      case Step.SetHostname(String name) -> "set hostname " + quote(name);
      case Step.SetDomainname(String name) -> "set domainname " + quote(name);
      case Step.SetSysctl(String path, String value) ->
          "set sysctl %s to %s".formatted(new SysctlName(path), quote(value));
      case Step.SetRlimit(RlimitKind kind, long soft, long hard) ->
          "set %s: soft %s, hard %s".formatted(kind, limit(soft), limit(hard));
      case Step.SetNoNewPrivileges() -> "set no_new_privs";
      case Step.LoadSeccomp(Filter filter, Set<Seccomp.Flag> flags) -> seccomp(filter, flags);
      case Step.LoadSeccompListener(Filter filter, Set<Seccomp.Flag> flags) ->
          seccomp(filter, flags) + ", and wait for its listener to be handed over";
      case Step.SetScheduler(Scheduler attributes) -> scheduler(attributes);
      case Step.SetIoPriority(IoPriority priority) ->
          "set I/O priority %s %s".formatted(priority.priorityClass(), priority.priority());
      case Step.SetPersonality(Personality.Domain domain) -> "set personality " + domain;
      case Step.SetMemoryPolicy policy -> memoryPolicy(policy);
      case Step.KeepCapabilities() -> "keep capabilities over the change of user";
      case Step.SetBoundingSet(long capabilities) ->
          "set bounding set: " + capabilities(capabilities);
      case Step.SetGroups(List<Long> gids) -> "set additional groups: " + list(gids);
      case Step.TryDropGroups() -> "try to drop the additional groups";
      case Step.SetGroupId(long gid) -> "set group " + gid;
      case Step.SetUserId(long uid) -> "set user " + uid;
      case Step.SetCapabilities sets -> "set capabilities: " + capabilities(sets);
      case Step.FindHome(long uid) -> "find the home of user %s in /etc/passwd".formatted(uid);
      case Step.TryDirectory(String path) -> "try directory " + quote(path);
      case Step.RequireDirectory(String path) -> "enter directory " + quote(path);
      case Step.FindProgram(List<String> candidates) -> "find program " + program(candidates);
      case Step.AwaitStart(int _) -> "wait for the start";
      case Step.RunHook(HookKind kind, int hook, Hook program, long _, HookState.Text _) ->
          hook(kind, hook, program);
      case Step.End() -> "end";
      case Step.Exec(List<String> arguments, List<String> environment) ->
          "execute %s with %s environment variables"
              .formatted(
                  arguments.stream().map(StepText::quote).collect(Collectors.joining(" ")),
                  environment.size());
    };
  }

  /** A hook of a container, in the words of its step. */
  public static String hook(HookKind kind, int index, Hook hook) {
    return "run hooks.%s[%s] (%s)".formatted(kind, index, quote(hook.path()));
  }

  private static String describe(Descriptor descriptor) {
    return switch (descriptor) {
      case Descriptor.StartSocket() -> "start socket";
      case Descriptor.CreatedLock() -> "lock of the created state";
      case Descriptor.CgroupProcs(String hierarchy) -> "cgroup.procs of " + quote(hierarchy);
      case Descriptor.CgroupDirectory(String _) -> "cgroup v2 directory";
      case Descriptor.Tree(int _, String hostPath, boolean recursive, Descriptor.IdMap idMap) ->
          quote(hostPath) + below(recursive) + (idMap == null ? "" : " with ids mapped");
      case Descriptor.InitRoot() -> "root of the init process";
      case Descriptor.InitProcess() -> "init process";
      case Descriptor.JoinedNamespace(NamespaceKind kind) -> kind + " namespace";
    };
  }

  /** What an earlier step, or the runtime, has put into {@code slot}. */
  private String content(int slot) {
    if (slot < plan.descriptors().size()) {
      Descriptor descriptor = plan.descriptors().get(slot);
      return descriptor instanceof Descriptor.Tree tree
          ? quote(tree.hostPath())
          : describe(descriptor);
    }
    return switch (sources.get(slot)) {
      case Step.NewMount mount -> mount.type();
      case Step.TryMount mount -> mount.type();
      case Step.LegacyMount mount -> mount.type();
      case Step.FindMount mount -> quote(mount.target());
      case Step.OpenMount mount -> content(mount.of());
      case Step.NewTerminal _ -> "the terminal";
      case Step.OpenTree tree -> quote(tree.hostPath());
      case null, default -> "slot " + slot;
    };
  }

  private static String fileSystem(String type, String source) {
    boolean ownSource = source.isEmpty() || source.equals(type);
    return type + " file system" + (ownSource ? "" : " " + quote(source));
  }

  private static String options(long attributes, List<String> options) {
    List<String> words = new ArrayList<>(MountAttribute.words(attributes, 0));
    options.stream().map(StepText::quote).forEach(words::add);
    return words.isEmpty() ? "" : " (" + String.join(", ", words) + ")";
  }

  private static String options(Step.LegacyMount mount) {
    List<String> options = new ArrayList<>(mount.flags());
    if (!mount.data().isEmpty()) {
      options.add(mount.data());
    }
    return options(0, options);
  }

  private String attributes(Step.SetMountAttributes change) {
    List<String> words = new ArrayList<>(MountAttribute.words(change.set(), change.clear()));
    if (change.propagation() != Propagation.UNCHANGED) {
      words.add(change.propagation().option());
    }
    return "set %s on %s%s"
        .formatted(String.join(", ", words), content(change.slot()), below(change.recursive()));
  }

  private static String ahead(List<Step.NewTimeNamespace.Offset> offsets) {
    return offsets.isEmpty()
        ? ""
        : offsets.stream()
            .map(each ->
                "%s %s%s s %s ns"
                    .formatted(
                        each.clock(),
                        each.seconds() < 0 ? "" : "+",
                        each.seconds(),
                        each.nanoseconds()))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String seccomp(Filter filter, Set<Seccomp.Flag> flags) {
    String text = "load seccomp filter of %s instructions".formatted(filter.size());
    return flags.isEmpty() ? text : text + " (" + list(flags.stream().sorted().toList()) + ")";
  }

  private static String below(boolean recursive) {
    return recursive ? " and all below" : "";
  }

  private static String details(Step.MakeDevice device) {
    String mode = "%04o, owner %s:%s".formatted(device.mode(), device.uid(), device.gid());
    return " (%s, %s)".formatted(number(device.kind(), device.major(), device.minor()), mode);
  }

  private static String number(DeviceKind kind, int major, int minor) {
    return switch (kind) {
      case CHARACTER -> "c %s:%s".formatted(major, minor);
      case BLOCK -> "b %s:%s".formatted(major, minor);
      case FIFO -> "p";
    };
  }

  private static String capabilities(Step.SetCapabilities sets) {
    StringBuilder text = new StringBuilder(capabilities(sets.effective()));
    if (sets.permitted() != sets.effective()) {
      text.append("; permitted: ").append(capabilities(sets.permitted()));
    }
    if (sets.inheritable() != 0) {
      text.append("; inheritable: ").append(capabilities(sets.inheritable()));
    }
    if (sets.ambient() != 0) {
      text.append("; ambient: ").append(capabilities(sets.ambient()));
    }
    return text.toString();
  }

  private static String capabilities(long bits) {
    return bits == Capability.ALL ? "all" : list(Capability.in(bits));
  }

  /** One candidate is the program itself, several are what {@code $PATH} makes of its name. */
  private static String program(List<String> candidates) {
    String first = candidates.getFirst();
    if (candidates.size() == 1) {
      return quote(first);
    }
    int name = first.lastIndexOf('/') + 1;
    List<String> directories =
        candidates.stream().map(each -> each.substring(0, each.lastIndexOf('/'))).toList();
    return quote(first.substring(name)) + " in " + quoted(directories);
  }

  private static String scheduler(Scheduler attributes) {
    List<String> words = new ArrayList<>(List.of(attributes.policy().toString()));
    if (attributes.nice() != null) {
      words.add("nice " + attributes.nice());
    }
    addValue("priority", attributes.priority(), words);
    addValue("runtime", attributes.runtime(), words);
    addValue("deadline", attributes.deadline(), words);
    addValue("period", attributes.period(), words);
    attributes.flags().stream().map(Scheduler.Flag::toString).forEach(words::add);
    return "set scheduler " + String.join(", ", words);
  }

  private static void addValue(String name, @Nullable Number value, List<String> words) {
    if (value != null) {
      words.add(name + " " + Long.toUnsignedString(value.longValue()));
    }
  }

  private static String memoryPolicy(Step.SetMemoryPolicy policy) {
    List<String> words = new ArrayList<>(List.of(policy.mode().toString()));
    if (!policy.nodes().words().isEmpty()) {
      words.add("nodes " + policy.nodes());
    }
    policy.flags().stream().map(MemoryPolicy.Flag::toString).forEach(words::add);
    return "set memory policy " + String.join(", ", words);
  }

  private static String limit(long value) {
    return value == -1 ? UNLIMITED : Long.toUnsignedString(value);
  }

  private static String list(Collection<?> items) {
    return items.isEmpty()
        ? "none"
        : items.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static String quoted(List<String> items) {
    return items.stream().map(StepText::quote).collect(Collectors.joining(", "));
  }

  /** {@code text} as it is if that is unmistakable, else in quotes. */
  static String quote(String text) {
    boolean plain = !text.isEmpty() && text.chars().noneMatch(StepText::isUnclear);
    if (plain) {
      return Printable.text(text);
    }
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"");
    return "\"" + Printable.text(escaped) + "\"";
  }

  private static boolean isUnclear(int c) {
    return c <= ' ' || c == '"' || c == '\\';
  }
}
