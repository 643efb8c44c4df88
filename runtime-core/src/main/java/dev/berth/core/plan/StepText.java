package dev.berth.core.plan;

import dev.berth.core.spec.Capability;
import dev.berth.core.spec.MountAttribute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A plan in words, and its steps in the words that error messages use as well: goal and object, as
 * in {@code mount proc at /proc}.
 */
public final class StepText {
  private static final String UNLIMITED = "unlimited";

  private StepText() {}

  /** All of {@code plan}: a header, then a line for each step with its index. */
  public static String of(Plan plan) {
    StringBuilder text = new StringBuilder();
    text.append("new namespaces: ").append(list(plan.namespaces().stream().sorted().toList()));
    text.append("\nreceives: ")
        .append(list(plan.descriptors().stream().map(StepText::describe).toList()))
        .append('\n');
    for (int index = 0; index < plan.steps().size(); index++) {
      text.append("%3d  %s\n".formatted(index, describe(plan, index)));
    }
    return text.toString();
  }

  /** What the step at {@code index} of {@code plan} does. */
  public static String describe(Plan plan, int index) {
    return switch (plan.steps().get(index)) {
      case Step.ResetSignals() -> "reset the signals";
      case Step.SetUmask(int mask) -> "set umask %04o".formatted(mask);
      case Step.SetName(String name) -> "set process name " + quote(name);
      case Step.SetNonDumpable() -> "make the process non-dumpable";
      case Step.DieWithParent() -> "ask to die with the runtime";
      case Step.JoinCgroup(int slot) -> "join cgroup: " + content(plan, index, slot);
      case Step.OpenProcfs(List<String> options) ->
          "open a procfs for itself" + (options.isEmpty() ? "" : " (" + list(options) + ")");
      case Step.CloseProcfs() -> "close that procfs";
      case Step.SetOomScoreAdj(int value) -> "set oom_score_adj " + value;
      case Step.JoinNamespaces(int _, List<NamespaceKind> namespaces) ->
          "join namespaces: " + list(namespaces);
      case Step.Fork() -> "fork into the PID namespace";
      case Step.Unshare(NamespaceKind namespace) -> "make " + namespace + " namespace";
      case Step.Sync(SyncPoint point, List<Integer> _, List<Integer> _) ->
          switch (point) {
            case MAP_IDS -> "wait for the ids to be mapped";
          };
      case Step.NewSession() -> "start a session";
      case Step.LoopbackUp() -> "bring up lo";
      case Step.SetRootPropagation(Propagation propagation) ->
          "set " + propagation.option() + " on /" + below(propagation.isRecursive());
      case Step.MountRoot(String hostPath) -> "mount root " + quote(hostPath);
      case Step.OpenTree(int _, String hostPath, boolean recursive) ->
          "open " + quote(hostPath) + below(recursive);
      case Step.NewMount mount -> "make " + fileSystem(mount) + options(mount);
      case Step.SetMountAttributes change -> attributes(plan, index, change);
      case Step.CopyMode(int _, String target) -> "take over the mode of " + quote(target);
      case Step.Attach(int slot, String target, Symlinks _) ->
          "mount " + content(plan, index, slot) + " at " + quote(target);
      case Step.MakeDirectory(String path, int mode) ->
          "make directory %s (%04o)".formatted(quote(path), mode);
      case Step.MakeDevice device -> "make device " + quote(device.path()) + details(device);
      case Step.MakeSymlink(String path, String content) ->
          "link %s to %s".formatted(quote(path), quote(content));
      case Step.PivotRoot() -> "change root";
      case Step.MakeRootReadonly() -> "make / read-only";
      case Step.MaskPath(String path) -> "mask " + quote(path);
      case Step.MakePathReadonly(String path) -> "make %s read-only".formatted(quote(path));
      case Step.SetHostname(String name) -> "set hostname " + quote(name);
      case Step.SetDomainname(String name) -> "set domainname " + quote(name);
      case Step.SetRlimit(RlimitKind kind, long soft, long hard) ->
          "set %s: soft %s, hard %s".formatted(kind, limit(soft), limit(hard));
      case Step.SetNoNewPrivileges() -> "set no_new_privs";
      case Step.KeepCapabilities() -> "keep capabilities over the change of user";
      case Step.SetBoundingSet(long capabilities) ->
          "set bounding set: " + capabilities(capabilities);
      case Step.SetGroups(List<Long> gids) -> "set additional groups: " + list(gids);
      case Step.SetGroupId(long gid) -> "set group " + gid;
      case Step.SetUserId(long uid) -> "set user " + uid;
      case Step.SetCapabilities sets -> "set capabilities: " + capabilities(sets);
      case Step.TryDirectory(String path) -> "try directory " + quote(path);
      case Step.RequireDirectory(String path) -> "enter directory " + quote(path);
      case Step.FindProgram(List<String> candidates) -> "find program " + program(candidates);
      case Step.AwaitStart(int _) -> "wait for the start";
      case Step.Exec(List<String> arguments, List<String> environment) ->
          "execute %s with %d environment variables"
              .formatted(
                  arguments.stream().map(StepText::quote).collect(Collectors.joining(" ")),
                  environment.size());
    };
  }

  private static String describe(Descriptor descriptor) {
    return switch (descriptor) {
      case Descriptor.StartSocket() -> "start socket";
      case Descriptor.CreatedLock() -> "lock of the created state";
      case Descriptor.CgroupProcs(String hierarchy) -> "cgroup.procs of " + quote(hierarchy);
      case Descriptor.InitProcess() -> "init process";
    };
  }

  /** What an earlier step, or the runtime, has put into {@code slot}. */
  private static String content(Plan plan, int before, int slot) {
    if (slot < plan.descriptors().size()) {
      return describe(plan.descriptors().get(slot));
    }
    for (Step step : plan.steps().subList(0, before)) {
      if (step instanceof Step.NewMount mount && mount.slot() == slot) {
        return mount.type();
      }
      if (step instanceof Step.OpenTree tree && tree.slot() == slot) {
        return quote(tree.hostPath());
      }
    }
    return "slot " + slot;
  }

  private static String fileSystem(Step.NewMount mount) {
    boolean ownSource = mount.source().isEmpty() || mount.source().equals(mount.type());
    return mount.type() + " file system" + (ownSource ? "" : " " + quote(mount.source()));
  }

  private static String options(Step.NewMount mount) {
    List<String> options = new ArrayList<>(MountAttribute.words(mount.attributes(), 0));
    mount.options().stream().map(StepText::quote).forEach(options::add);
    return options.isEmpty() ? "" : " (" + String.join(", ", options) + ")";
  }

  private static String attributes(Plan plan, int index, Step.SetMountAttributes change) {
    List<String> words = new ArrayList<>(MountAttribute.words(change.set(), change.clear()));
    if (change.propagation() != Propagation.UNCHANGED) {
      words.add(change.propagation().option());
    }
    return "set %s on %s%s"
        .formatted(
            String.join(", ", words),
            content(plan, index, change.slot()),
            below(change.recursive()));
  }

  private static String below(boolean recursive) {
    return recursive ? " and all below" : "";
  }

  private static String details(Step.MakeDevice device) {
    String mode = "%04o, owner %d:%d".formatted(device.mode(), device.uid(), device.gid());
    return switch (device.kind()) {
      case CHARACTER -> " (c %d:%d, %s)".formatted(device.major(), device.minor(), mode);
      case BLOCK -> " (b %d:%d, %s)".formatted(device.major(), device.minor(), mode);
      case FIFO -> " (p, %s)".formatted(mode);
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

  /**
   * {@code text} as it is if that is unmistakable, else in quotes; control characters never reach a
   * terminal or a log from here.
   */
  static String quote(String text) {
    boolean plain = !text.isEmpty() && text.chars().noneMatch(StepText::isUnclear);
    if (plain) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '"', '\\' -> quoted.append('\\').append(c);
        default -> {
          if (Character.isISOControl(c)) {
            quoted.append("\\u%04x".formatted((int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  private static boolean isUnclear(int c) {
    return c <= ' ' || c == '"' || c == '\\' || Character.isISOControl(c);
  }
}
