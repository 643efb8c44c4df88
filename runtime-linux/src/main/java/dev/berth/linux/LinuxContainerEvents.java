package dev.berth.linux;

import dev.berth.ContainerEvent;
import dev.berth.ContainerEvents;
import dev.berth.core.state.ContainerId;
import dev.berth.linux.events.EventQueue;
import dev.berth.linux.lifecycle.Observe;
import dev.berth.linux.lifecycle.RuntimeScope;
import dev.berth.linux.state.StateRoot;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The events of one container, or of all below a root. */
final class LinuxContainerEvents implements ContainerEvents {
  private final Predicate<ContainerEvent> isLast;
  private final Consumer<EventQueue> join;

  private LinuxContainerEvents(
      RuntimeScope scope, Predicate<ContainerEvent> isLast, Consumer<EventQueue> join) {
    this.isLast = isLast;
    this.join =
        queue ->
            scope.ask(() -> {
              join.accept(queue);
              scope.own(queue);
              return queue;
            });
  }

  static LinuxContainerEvents of(RuntimeScope scope, StateRoot root, ContainerId id) {
    return new LinuxContainerEvents(
        scope,
        ContainerEvent.Deleted.class::isInstance,
        queue -> Observe.container(root, id, queue));
  }

  static LinuxContainerEvents ofAll(RuntimeScope scope, StateRoot root) {
    return new LinuxContainerEvents(scope, _ -> false, queue -> Observe.all(root, queue));
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ContainerEvent> subscriber) {
    EventQueue queue = new EventQueue(subscriber, isLast);
    subscriber.onSubscribe(queue);
    try {
      join.accept(queue);
    } catch (RuntimeException e) {
      queue.fail(e);
    }
  }

  @Override
  public Listening listen(Consumer<? super ContainerEvent> listener) {
    EventQueue queue = new EventQueue(new Listener(listener), isLast);
    queue.request(Long.MAX_VALUE);
    try {
      join.accept(queue);
    } catch (RuntimeException e) {
      queue.cancel();
      throw e;
    }
    return queue::cancel;
  }

  private record Listener(Consumer<? super ContainerEvent> consumer)
      implements Flow.Subscriber<ContainerEvent> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {}

    @Override
    public void onNext(ContainerEvent event) {
      consumer.accept(event);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }
}
