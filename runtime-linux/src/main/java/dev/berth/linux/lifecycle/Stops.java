package dev.berth.linux.lifecycle;

import dev.berth.linux.process.Stdio;
import dev.berth.linux.stub.StubProcess;
import dev.berth.linux.sys.Fd;
import dev.berth.spec.Spec;
import java.io.IOException;
import java.util.List;

/** What the runtime does for a container's first process where that waits for it. */
record Stops(Spec spec, Stdio stdio) implements StubProcess.SyncHandler {

  @Override
  public List<Fd> handle(StubProcess.Stop stop) throws IOException {
    return switch (stop.point()) {
      case MAP_IDS -> {
        IdMaps.write(stop.process().pid(), spec.linux());
        yield List.of();
      }
      case HAND_OVER_TERMINAL -> MadeTerminal.take(stop, stdio);
    };
  }
}
