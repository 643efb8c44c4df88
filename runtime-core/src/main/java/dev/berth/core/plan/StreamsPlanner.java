package dev.berth.core.plan;

import dev.berth.spec.ProcessSpec;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The program's standard streams: a terminal of its own, or what the runtime hands over, which its
 * user is to be able to open again.
 */
final class StreamsPlanner {
  private static final String CONSOLE = "/dev/console";

  private final Draft draft;
  private final ProcessSpec process;

  StreamsPlanner(Draft draft, ProcessSpec process) {
    this.draft = draft;
    this.process = process;
  }

  /** Comes after the mounts, for the terminal is one of the container's own devpts. */
  void addToContainer() {
    add(this::bindConsole);
  }

  /** Without mounts of its own a container has no console: it would be one for the host as well. */
  void addWithoutConsole() {
    add(_ -> {});
  }

  /** Comes after the namespaces, for the terminal is one of the container's devpts here, too. */
  void addToExec() {
    if (process.terminal()) {
      draft.add(new Step.OpenRoot());
    }
    addWithoutConsole();
  }

  private void add(IntConsumer console) {
    if (process.terminal()) {
      int peer = newTerminal();
      console.accept(peer);
      draft.add(new Step.TakeTerminal(peer, process.user().uid()));
    } else {
      own();
    }
  }

  private void bindConsole(int peer) {
    int console = draft.newSlot();
    draft.add(new Step.OpenMount(console, peer));
    draft.add(new Step.Attach(console, CONSOLE, Symlinks.REFUSE));
  }

  private int newTerminal() {
    int master = draft.newSlot();
    int peer = draft.newSlot();
    draft.add(new Step.NewTerminal(master, peer));
    ProcessSpec.ConsoleSize size = process.consoleSize();
    if (size != null) {
      draft.add(
          new Step.SetTerminalSize(
              peer, Math.toIntExact(size.width()), Math.toIntExact(size.height())));
    }
    draft.add(new Step.Sync(SyncPoint.HAND_OVER_TERMINAL, List.of(master), List.of()));
    return peer;
  }

  /** Root's they are already, or nobody's that a user namespace knows of. */
  private void own() {
    long uid = process.user().uid();
    if (uid != 0) {
      draft.add(new Step.OwnStreams(uid));
    }
  }
}
