package dev.berth.cli;

import dev.berth.Signal;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Signals that this program gets while one of a container runs in the foreground, and hands on to
 * it, so that Ctrl-C or a service manager ends the container and not only the one who waits for it.
 * None gets lost: what comes before there is a process waits for it.
 *
 * <p>The JDK has no public way to catch a signal, only {@code sun.misc.Signal} in the module
 * jdk.unsupported, which JEP 260 keeps for that reason. It is called by reflection since javac
 * warns of its every mention, which cannot be turned off.
 */
final class ForwardedSignals {
  /**
   * Those that can be meant for the container. Not QUIT, which a JVM keeps for its thread dump; and
   * not those that come of what this program does itself, such as CHLD and PIPE.
   */
  private static final List<String> NAMES =
      List.of("HUP", "INT", "TERM", "USR1", "USR2", "ALRM", "CONT", "TSTP", "WINCH");

  private final BlockingQueue<Signal> caught = new LinkedBlockingQueue<>();

  private ForwardedSignals() {}

  /** From now on these signals do not end this program any more. */
  static ForwardedSignals catchAll() {
    ForwardedSignals signals = new ForwardedSignals();
    try {
      signals.handle();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("signals: this JDK has no sun.misc.Signal", e);
    }
    return signals;
  }

  private void handle() throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object queue =
        Proxy.newProxyInstance(
            ForwardedSignals.class.getClassLoader(),
            new Class<?>[] {handler},
            (_, _, arguments) -> caught.add(new Signal(number(arguments[0]))));
    for (String name : NAMES) {
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), queue);
    }
  }

  private static int number(Object signal) throws ReflectiveOperationException {
    return (int) signal.getClass().getMethod("getNumber").invoke(signal);
  }

  /** Hands on what was caught, and what will be, for as long as this program runs. */
  void forwardTo(Consumer<Signal> receiver) {
    Thread.ofVirtual()
        .name("signals")
        .start(() -> {
          try {
            while (true) {
              receiver.accept(caught.take());
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
