package dev.berth.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A runtime with runc's command line.
 *
 * @param name what it is called here
 * @param wrapper a command that starts the command that follows it, in surroundings that the
 *     runtime needs; the meter is started by it as well, so that it costs nothing in a round
 * @param command the runtime, with its state directory
 */
record Engine(String name, List<String> wrapper, List<String> command, Workspace workspace)
    implements AutoCloseable {

  /** With a state directory of its own. */
  static Engine of(String name, List<String> wrapper, List<String> program, Workspace workspace) {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("--root", workspace.state(name).toString()));
    return new Engine(name, wrapper, command, workspace);
  }

  Subject container(Path bundle) throws IOException {
    return meter(Subject.Task.CONTAINER, "run", "--bundle", bundle.toString(), id());
  }

  /** In a container of the bundle, which stays until {@link #close}. */
  Subject exec(Path bundle) throws IOException {
    run("run", "--detach", "--bundle", bundle.toString(), waitingId());
    return meter(Subject.Task.EXEC, "exec", waitingId(), Workspace.TRUE);
  }

  private Subject meter(Subject.Task task, String... verb) throws IOException {
    List<String> all = new ArrayList<>(wrapper);
    all.addAll(List.of(workspace.meter().toString(), "command"));
    all.addAll(command);
    all.addAll(List.of(verb));
    return Meter.start(task, name, all);
  }

  private void run(String... verb) throws IOException {
    List<String> all = new ArrayList<>(wrapper);
    all.addAll(command);
    all.addAll(List.of(verb));
    Commands.run(all);
  }

  private String id() {
    return workspace.id(name);
  }

  private String waitingId() {
    return workspace.id(name + "-waiting");
  }

  /** Deletes what there still is of the two containers; none is fine, by force. */
  @Override
  public void close() throws IOException {
    run("delete", "--force", id());
    run("delete", "--force", waitingId());
  }
}
