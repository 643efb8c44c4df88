package dev.berth.linux.stub;

import dev.berth.UnsupportedFeatureException;
import dev.berth.core.plan.Descriptor;
import dev.berth.core.plan.NamespaceKind;
import dev.berth.core.plan.Plan;
import dev.berth.core.plan.Step;
import dev.berth.linux.sys.Cancellation;
import dev.berth.linux.sys.CancelledException;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes the processes that run plans. There is one in a JVM; any thread may use it. */
public final class Launcher {

  static final long LAUNCH_MAGIC = 0x316c68747265L;

  /**
   * How many descriptors go with one message: fewer than the kernel takes, since this JVM has those
   * of one message open at once, and may have few to spare.
   */
  private static final int DESCRIPTORS_A_MESSAGE = 128;

  private static final Launcher SHARED = new Launcher();

  private final Spawner spawner = new Spawner();

  private Launcher() {}

  /** The JVM's launcher. */
  public static Launcher shared() {
    return SHARED;
  }

  /** Ends the threads that nobody needs now, and gives back what they have. */
  public void endIdle() {
    spawner.endIdle();
  }

  /**
   * Makes a process, and returns once it has become its program, or waits for a start.
   *
   * @param handler does what the stub waits for, on the way
   * @param cancellation kills the process unless it got that far
   * @throws StepFailedException if a step failed
   * @throws StubException if the plan is longer than one can be
   * @throws CancelledException if the operation ended before
   * @throws UnsupportedFeatureException if there is no native code for this machine, or it does not
   *     allow any
   * @throws IOException if the kernel refuses, the handler failed, or the process ended; nothing is
   *     left then
   */
  public StubProcess launch(
      Launch launch, StubProcess.SyncHandler handler, Cancellation cancellation)
      throws IOException {
    return spawner.call(
        thread -> {
          extend(cancellation, launch.plan());
          StubProcess process = spawn(launch, thread, handler, cancellation);
          process.await();
          return process;
        },
        process -> process.kill(new IOException("nobody waits for it any more")),
        cancellation);
  }

  /** Hooks have timeouts of their own; those that come after the start are not waited for. */
  private static void extend(Cancellation cancellation, Plan plan) {
    for (Step step : plan.steps()) {
      if (step instanceof Step.AwaitStart) {
        return;
      }
      if (step instanceof Step.RunHook hook && hook.hook().timeout() != null) {
        cancellation.extendTimeout(Duration.ofSeconds(hook.hook().timeout()));
      }
    }
  }

  /** Writes the maps of the user namespace that a process is in. */
  @FunctionalInterface
  public interface IdMapper {
    void map(long pid) throws IOException;
  }

  /** A user namespace that nobody is in, for its maps alone. */
  public Fd userNamespace(IdMapper mapper, Cancellation cancellation) throws IOException {
    return spawner.call(thread -> userNamespace(mapper, thread), Fd::close, cancellation);
  }

  private static Fd userNamespace(IdMapper mapper, SpawnThread thread) throws IOException {
    Sockets.Pair pair = Sockets.socketpair();
    // Who is in it meanwhile is a stub that waits for a launch, which does not come.
    try (Fd _ = pair.here();
        Fd there = pair.there();
        Fd stub = thread.stub()) {
      SpawnEntry.Child child = thread.spawn(request(Set.of(NamespaceKind.USER), stub, there));
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
  }

  private static StubProcess spawn(
      Launch launch, SpawnThread thread, StubProcess.SyncHandler handler, Cancellation cancellation)
      throws IOException {
    Sockets.Pair pair = queue(launch);
    // As long as the stub's end is open here, the socket would not come to its end.
    try (Fd stubEnd = pair.there();
        Fd stub = thread.stub()) {
      SpawnRequest request = request(launch.plan().namespaces(), stub, stubEnd);
      SpawnEntry.Child child = thread.spawn(request);
      return new StubProcess(launch.plan(), child, thread, pair.here(), handler, cancellation);
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

  /** Sends the launch before there is anybody to read it, so that the stub need not wait for it. */
  private static Sockets.Pair queue(Launch launch) throws IOException {
    byte[] program = ProgramEncoder.encode(launch.plan());
    Sockets.Pair pair = Sockets.socketpair();
    try (Fd memfd = Memfd.ofData("berth-program", program)) {
      send(pair.here(), launch, memfd);
      return pair;
    } catch (IOException | RuntimeException | Error failed) {
      pair.close();
      throw failed;
    }
  }

  private static void send(Fd socket, Launch launch, Fd program) throws IOException {
    List<Descriptor> asked = launch.plan().descriptors();
    List<Fd> inherited = launch.inherited();
    byte[] message = message(1 + inherited.size() + asked.size(), inherited.size());
    List<Fd> next = new ArrayList<>();
    next.add(program);
    for (Fd each : inherited) {
      next.add(each);
      sendIfFull(socket, message, next, launch);
    }
    for (Descriptor each : asked) {
      next.add(launch.descriptors().get(each));
      sendIfFull(socket, message, next, launch);
    }
    send(socket, message, next, launch);
  }

  private static byte[] message(int descriptors, int inherited) {
    return ByteBuffer.allocate(3 * Long.BYTES)
        .order(ByteOrder.nativeOrder())
        .putLong(LAUNCH_MAGIC)
        .putLong(descriptors)
        .putLong(inherited)
        .array();
  }

  private static void sendIfFull(Fd socket, byte[] message, List<Fd> descriptors, Launch launch)
      throws IOException {
    if (descriptors.size() == DESCRIPTORS_A_MESSAGE) {
      send(socket, message, descriptors, launch);
    }
  }

  private static void send(Fd socket, byte[] message, List<Fd> descriptors, Launch launch)
      throws IOException {
    if (!descriptors.isEmpty()) {
      Sockets.sendmsg(socket, message, descriptors);
      descriptors.clear();
      launch.descriptors().release();
    }
  }
}
