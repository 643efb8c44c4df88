package dev.berth.linux.stub;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Plan;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Memfd;
import dev.berth.linux.sys.Sockets;
import dev.berth.linux.sys.SpawnRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
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
   * @throws IllegalArgumentException if the plan cannot be encoded
   * @throws StepFailedException if a step failed
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

  private StubProcess spawn(Launch launch) throws IOException {
    byte[] program = ProgramEncoder.encode(launch.plan());
    Sockets.Pair pair = Sockets.socketpair();
    // As long as the stub's end is open here, the socket would not come to its end.
    try (Fd stubEnd = pair.there();
        Fd stub = code.newStub();
        Fd memfd = Memfd.ofData("berth-program", program)) {
      // Before there is anybody to read it, so that the stub need not wait for it.
      send(pair.here(), launch, memfd);
      return new StubProcess(
          launch.plan(), spawner.spawn(request(launch, stub, stubEnd)), pair.here());
    } catch (IOException | RuntimeException | Error failed) {
      pair.here().close();
      throw failed;
    }
  }

  private static SpawnRequest request(Launch launch, Fd stub, Fd stubEnd) {
    Plan plan = launch.plan();
    return new SpawnRequest(
        ProgramEncoder.flags(plan.namespaces()),
        plan.namespaces().contains(NamespaceKind.USER),
        stub,
        stubEnd,
        List.of("berth", Integer.toString(stubEnd.number())),
        launch.cgroup());
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
