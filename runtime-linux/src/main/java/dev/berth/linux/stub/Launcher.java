package dev.berth.linux.stub;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.linux.sys.Directories;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Memfd;
import dev.berth.linux.sys.Processes;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SpawnEntry;
import dev.berth.linux.sys.SpawnRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the processes that run plans. There is one in a JVM; any thread may use it. */
public final class Launcher {

  static final long LAUNCH_MAGIC = 0x316c68747265L;

  /** Not made when the class is, so that a refusal can be told, and a later attempt succeed. */
  private static @Nullable Launcher shared;

  private final NativeCode code;
  private final Spawner spawner;

  private Launcher(NativeCode code) throws IOException {
    this.code = code;
    this.spawner = new Spawner(code.entry());
  }

  /**
   * The JVM's launcher.
   *
   * @throws UnsupportedFeatureException if there is no native code for this machine, or it does not
   *     allow any
   */
  public static synchronized Launcher shared() throws IOException {
    if (shared == null) {
      shared = new Launcher(NativeCode.load());
    }
    return shared;
  }

  /**
   * Makes a process, and returns once it has become its program, or waits for a start.
   *
   * @param handler does what the stub waits for, on the way
   * @throws StepFailedException if a step failed
   * @throws StubException if the plan is longer than one can be
   * @throws IOException if the kernel refuses, the handler failed, or the process ended; nothing is
   *     left then
   */
  public StubProcess launch(Launch launch, StubProcess.SyncHandler handler) throws IOException {
    return spawner.call(() -> {
      StubProcess process = spawn(launch);
      process.await(handler);
      return process;
    });
  }

  /** Writes the maps of the user namespace that a process is in. */
  @FunctionalInterface
  public interface IdMapper {
    void map(long pid) throws IOException;
  }

  /** A user namespace that nobody is in, for its maps alone. */
  public Fd userNamespace(IdMapper mapper) throws IOException {
    return spawner.call(() -> {
      Sockets.Pair pair = Sockets.socketpair();
      // Who is in it meanwhile is a stub that waits for a launch, which does not come.
      try (Fd _ = pair.here();
          Fd there = pair.there();
          Fd stub = code.stub()) {
        SpawnEntry.Child child = spawner.spawn(request(Set.of(NamespaceKind.USER), stub, there));
        try (Fd pidfd = child.pidfd()) {
          try {
            mapper.map(child.pid());
            return Directories.open("/proc/" + child.pid() + "/ns/user", Directories.O_RDONLY, 0);
          } finally {
            Processes.pidfdSendSignal(pidfd, Processes.SIGKILL);
            Processes.waitid(pidfd, 0);
          }
        }
      }
    });
  }

  private StubProcess spawn(Launch launch) throws IOException {
    byte[] program = ProgramEncoder.encode(launch.plan());
    Sockets.Pair pair = Sockets.socketpair();
    // As long as the stub's end is open here, the socket would not come to its end.
    try (Fd stubEnd = pair.there();
        Fd stub = code.stub();
        Fd memfd = Memfd.ofData("berth-program", program)) {
      // Before there is anybody to read it, so that the stub need not wait for it.
      send(pair.here(), launch, memfd);
      SpawnRequest request = request(launch.plan().namespaces(), stub, stubEnd);
      return new StubProcess(launch.plan(), spawner.spawn(request), pair.here());
    } catch (IOException | RuntimeException | Error failed) {
      pair.here().close();
      throw failed;
    }
  }

  private static SpawnRequest request(Set<NamespaceKind> namespaces, Fd stub, Fd stubEnd) {
    return new SpawnRequest(
        ProgramEncoder.flags(namespaces),
        namespaces.contains(NamespaceKind.USER),
        stub,
        stubEnd,
        List.of("berth", Integer.toString(stubEnd.number())));
  }

  private static void send(Fd socket, Launch launch, Fd program) throws IOException {
    List<Fd> inherited = launch.inherited();
    List<Fd> descriptors = new ArrayList<>();
    descriptors.add(program);
    descriptors.addAll(inherited);
    for (Descriptor descriptor : launch.plan().descriptors()) {
      descriptors.add(launch.descriptors().apply(descriptor));
    }
    byte[] message =
        ByteBuffer.allocate(3 * Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(LAUNCH_MAGIC)
            .putLong(descriptors.size())
            .putLong(inherited.size())
            .array();
    Sockets.sendmsg(socket, message, descriptors);
  }
}
