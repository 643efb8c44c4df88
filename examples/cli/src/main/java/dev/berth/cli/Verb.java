package dev.berth.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one word of the command line does. Options and arguments are picocli's annotated fields. */
interface Verb {
  /** The words, in the order of the help. */
  List<String> NAMES =
      List.of(
          "create", "delete", "events", "exec", "kill", "list", "pause", "plan", "ps", "resume",
          "run", "spec", "start", "state", "update");

  /** The verb with this name; null if there is none. */
  static @Nullable Verb named(String name, GlobalOptions global) {
    return switch (name) {
      case "create" -> new CreateCommand(global);
      case "delete" -> new DeleteCommand(global);
      case "events" -> new EventsCommand(global);
      case "exec" -> new ExecCommand(global);
      case "kill" -> new KillCommand(global);
      case "list" -> new ListCommand(global);
      case "pause" -> new PauseCommand(global);
      case "plan" -> new PlanCommand(global);
      case "ps" -> new PsCommand(global);
      case "resume" -> new ResumeCommand(global);
      case "run" -> new RunCommand(global);
      case "spec" -> new SpecCommand();
      case "start" -> new StartCommand(global);
      case "state" -> new StateCommand(global);
      case "update" -> new UpdateCommand(global);
      default -> null;
    };
  }

  /** Does it; returns the exit status. What it throws becomes a line of the log. */
  int run() throws IOException, InterruptedException;

  /** The exit status when it throws. */
  default int failed() {
    return 1;
  }
}
