package dev.berth.linux.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.berth.core.systemd.BusValue;
import dev.berth.linux.sys.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.time.Duration;
import java.util.Optional;

/** A connection to a bus, for one thread: {@code sd_bus}. */
final class Bus implements AutoCloseable {
  private static final StructLayout ERROR =
      MemoryLayout.structLayout(
          ADDRESS.withName("name"),
          ADDRESS.withName("message"),
          JAVA_INT.withName("need_free"),
          MemoryLayout.paddingLayout(4));

  /** As busctl(1) waits for an answer. */
  private static final long ANSWERED_WITHIN = Duration.ofSeconds(25).toNanos() / 1000;

  private final long address;

  private Bus(long address) {
    this.address = address;
  }

  /** What a method is called on. */
  record Target(String destination, String path, String interfaceName) {}

  /** Connects. */
  static Bus open(BusAddress address) throws SystemdException {
    Bus bus = new Bus(newBus());
    try (Arena arena = Arena.ofConfined()) {
      LibSystemd.check(
          "sd_bus_set_address", bus.address, arena.allocateFrom(address.value()).address());
      LibSystemd.check("sd_bus_set_bus_client", bus.address, 1);
      int result = LibSystemd.call("sd_bus_start", bus.address);
      if (result < 0) {
        throw new SystemdException(
            "connect to the bus at \"%s\": %s; %s"
                .formatted(address.value(), Errno.describe(-result), address.hint()));
      }
      return bus;
    } catch (SystemdException | RuntimeException e) {
      bus.close();
      throw e;
    }
  }

  private static long newBus() throws SystemdException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(ADDRESS);
      LibSystemd.check("sd_bus_new", place.address());
      return place.get(JAVA_LONG, 0);
    }
  }

  /**
   * Calls a method, and waits for its answer, which is the caller's to close.
   *
   * @throws SystemdException with the name of the error that was the answer
   */
  BusMessage call(Target target, String method, BusValue... arguments) throws SystemdException {
    try (Arena arena = Arena.ofConfined();
        BusMessage message = newCall(arena, target, method)) {
      for (BusValue argument : arguments) {
        message.append(argument);
      }
      MemorySegment error = arena.allocate(ERROR);
      MemorySegment reply = arena.allocate(ADDRESS);
      int result =
          LibSystemd.await(
              "sd_bus_call",
              address,
              message.address(),
              ANSWERED_WITHIN,
              error.address(),
              reply.address());
      if (result < 0) {
        throw failure(method, result, error);
      }
      return new BusMessage(reply.get(JAVA_LONG, 0));
    }
  }

  private BusMessage newCall(Arena arena, Target target, String method) throws SystemdException {
    MemorySegment place = arena.allocate(ADDRESS);
    LibSystemd.check(
        "sd_bus_message_new_method_call",
        address,
        place.address(),
        arena.allocateFrom(target.destination()).address(),
        arena.allocateFrom(target.path()).address(),
        arena.allocateFrom(target.interfaceName()).address(),
        arena.allocateFrom(method).address());
    return new BusMessage(place.get(JAVA_LONG, 0));
  }

  private static SystemdException failure(String method, int result, MemorySegment error) {
    String name = CString.at(error.get(JAVA_LONG, offset("name")));
    String message = CString.at(error.get(JAVA_LONG, offset("message")));
    LibSystemd.call("sd_bus_error_free", error.address());
    return name.isEmpty()
        ? new SystemdException(method + ": " + Errno.describe(-result))
        : new SystemdException("%s: %s (%s)".formatted(method, message, name), name);
  }

  private static long offset(String member) {
    return ERROR.byteOffset(PathElement.groupElement(member));
  }

  /**
   * Waits for the next message that is no answer, which is the caller's to close.
   *
   * @return empty if none has come until then
   */
  Optional<BusMessage> next(Duration timeout) throws SystemdException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(ADDRESS);
      while (true) {
        int processed = LibSystemd.check("sd_bus_process", address, place.address());
        long message = place.get(JAVA_LONG, 0);
        if (message != 0) {
          return Optional.of(new BusMessage(message));
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return Optional.empty();
        }
        if (processed == 0) {
          requireWaited(LibSystemd.await("sd_bus_wait", address, left / 1000));
        }
      }
    }
  }

  /** A signal that the JVM gets ends the wait early, and nothing else. */
  private static void requireWaited(int result) throws SystemdException {
    if (result < 0 && result != -Errno.EINTR.number()) {
      throw new SystemdException("sd_bus_wait: " + Errno.describe(-result));
    }
  }

  @Override
  public void close() {
    LibSystemd.call("sd_bus_flush_close_unref", address);
  }
}
