package dev.berth.cli;

import dev.berth.Signal;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Signals that this program gets while one of a container runs in the foreground, and hands on to
 * it, so that Ctrl-C or a service manager ends the container and not only the one who waits for it.
 * None gets lost: what comes before there is a process waits for it. One that is to end the program
 * does not wait long, since what is being launched may never be: it ends the launch.
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

  private static final Set<Signal> ENDING = Set.of(Signal.HUP, Signal.INT, Signal.TERM);

  /** What a launch takes that is about to be done. */
  private static final Duration LAUNCH_ENDS = Duration.ofMillis(50);

  private final BlockingQueue<Signal> caught = new LinkedBlockingQueue<>();
  private final Thread launching = Thread.currentThread();
  private boolean launched;

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
            (_, _, arguments) -> catchOne(new Signal(number(arguments[0]))));
    for (String name : NAMES) {
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), queue);
    }
  }

  private boolean catchOne(Signal signal) {
    if (ENDING.contains(signal) && !isLaunched()) {
      Thread.ofVirtual().start(this::endLaunch);
    }
    return caught.add(signal);
  }

  private synchronized boolean isLaunched() {
    return launched;
  }

  private void endLaunch() {
    try {
      Thread.sleep(LAUNCH_ENDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      if (!launched) {
        launching.interrupt();
      }
    }
  }

  private static int number(Object signal) throws ReflectiveOperationException {
    return (int) signal.getClass().getMethod("getNumber").invoke(signal);
  }

  /** Hands on what was caught, and what will be, for as long as this program runs. */
  void forwardTo(Consumer<Signal> receiver) {
    synchronized (this) {
      launched = true;
    }
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
