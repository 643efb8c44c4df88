package dev.berth;

import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * What happens to containers, as it happens. Nothing is watched before somebody subscribes.
 *
 * {@snippet :
 * try (var watching = runtime.events().listen(event -> log.info(event.toString()))) {
 *   serve();
 * }
 * }
 *
 * <p>First comes what is so already and could have been an event: kills for want of memory, a
 * pause, an end. The events of one container come in their order, one after the other, on a virtual
 * thread, where a subscriber may take its time: {@value #CAPACITY} events wait for it, then the
 * oldest make room, and a {@link ContainerEvent.Missed} says so in their place. It keeps nobody
 * else waiting.
 *
 * <p>One thread of the library waits for the events of all containers, in the kernel.
 */
public interface ContainerEvents extends Flow.Publisher<ContainerEvent> {

  /** How many events wait for a subscriber. */
  int CAPACITY = 256;

  /**
   * Subscribes. Of one container, the subscription is complete once that is deleted.
   *
   * @param subscriber gets a {@link ContainerException} as its error if the container is gone, or
   *     cannot be watched
   */
  @Override
  void subscribe(Flow.Subscriber<? super ContainerEvent> subscriber);

  /**
   * Hands all events to {@code listener}, until the returned object is closed.
   *
   * @throws ContainerException if the container is gone, or cannot be watched
   */
  Listening listen(Consumer<? super ContainerEvent> listener);

  /** Events that are being listened to. */
  interface Listening extends AutoCloseable {

    /** Listens no more; an event that is being handed over is the last. */
    @Override
    void close();
  }
}
