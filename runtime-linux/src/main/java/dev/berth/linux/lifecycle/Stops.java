package dev.berth.linux.lifecycle;

import dev.berth.core.state.ContainerId;
import dev.berth.linux.cgroup.CgroupPlace;
import dev.berth.linux.process.Stdio;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What the runtime does for a process of a container where that waits for it. */
record Stops(
    ContainerId id,
    Spec spec,
    Machine machine,
    Optional<CgroupPlace.Entrance> entrance,
    RuntimeHooksOf hooks,
    Stdio stdio,
    SeccompAgentOf agent,
    Cancellation cancellation)
    implements StubProcess.SyncHandler {

  /** Runs the hooks that belong to a process. */
  interface RuntimeHooksOf {
    void run(long pid) throws IOException;
  }

  /** Knows the agent that is told of a process. */
  interface SeccompAgentOf {
    SeccompAgent of(long pid);
  }

  @Override
  public List<Fd> handle(StubProcess.Stop stop) throws IOException {
    int pid = stop.process().pid();
    return switch (stop.point()) {
      case ENTER_CGROUP -> {
        entrance.orElseThrow().admit(pid);
        yield List.of();
      }
      case MAP_IDS -> {
        IdMaps.write(pid, spec.linux(), machine, cancellation);
        yield List.of();
      }
      case COMPARE_IDS -> {
        IdMaps.compare(pid, spec.linux());
        yield List.of();
      }
      case SET_LIMITS -> {
        ProcessLimits.set(pid, Objects.requireNonNull(spec.process(), "checked"));
        yield List.of();
      }
      case RUN_RUNTIME_HOOKS -> {
        hooks.run(pid);
        yield List.of();
      }
      case JOIN_RESCTRL -> {
        Resctrl.join(id, spec.linux(), pid);
        yield List.of();
      }
      case MOVE_NETWORK_DEVICES -> MoveDevices.to(pid, spec.linux());
      case CONFIRM_PARENT -> List.of();
      case HAND_OVER_LISTENER -> {
        agent.of(pid).handOver(stop, cancellation);
        yield List.of();
      }
      case HAND_OVER_TERMINAL -> HandOver.terminal(stop, stdio, cancellation);
    };
  }

  @Override
  public void letDie(int pid) throws IOException {
    machine.cgroups().takeOutOfFreezer(pid);
  }
}
