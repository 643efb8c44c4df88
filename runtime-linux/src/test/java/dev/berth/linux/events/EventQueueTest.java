package dev.berth.linux.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ContainerEvent;
import dev.berth.ContainerEvent.Deleted;
import dev.berth.ContainerEvent.Missed;
import dev.berth.ContainerEvent.PidsLimitReached;
import dev.berth.ContainerEvents;
import dev.berth.linux.testing.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventQueueTest {
  private static final Deleted LAST = new Deleted("a");

  private final Recorder recorder = new Recorder();
  private final EventQueue queue = new EventQueue(recorder, LAST::equals);

  /** What a subscriber got, and whether two threads ever met in it. */
  private static class Recorder implements Flow.Subscriber<ContainerEvent> {
    final List<Object> got = new CopyOnWriteArrayList<>();

    @Override
    public void onSubscribe(Flow.Subscription subscription) {}

    @Override
    public void onNext(ContainerEvent event) {
      got.add(event);
    }

    @Override
    public void onError(Throwable failure) {
      got.add(failure.getMessage());
    }

    @Override
    public void onComplete() {
      got.add("complete");
    }

    void await(Object... expected) throws InterruptedException {
      Eventually.await(List.of(expected) + " in " + got, () -> got.size() >= expected.length);
      assertThat(got).containsExactly(expected);
    }
  }

  private static ContainerEvent event(long number) {
    return new PidsLimitReached("a", number);
  }

  @Test
  void hands_over_no_more_than_was_asked_for() throws Exception {
    queue.offer(event(1));
    queue.offer(event(2));
    queue.request(1);
    recorder.await(event(1));
    queue.request(5);
    recorder.await(event(1), event(2));
    queue.offer(event(3));
    recorder.await(event(1), event(2), event(3));
  }

  @Test
  void the_oldest_make_room_and_that_is_said_in_their_place() throws Exception {
    for (int i = 1; i <= ContainerEvents.CAPACITY + 3; i++) {
      queue.offer(event(i));
    }
    queue.request(3);
    recorder.await(new Missed(3), event(4), event(5));
  }

  @Test
  void the_last_event_ends_it_once_it_was_handed_over() throws Exception {
    queue.offer(event(1));
    queue.offer(LAST);
    queue.offer(event(2));
    queue.request(1);
    recorder.await(event(1));
    queue.request(1);
    recorder.await(event(1), LAST, "complete");
    assertThat(queue.isOver()).isTrue();
  }

  @Test
  void a_failure_comes_after_what_waits() throws Exception {
    queue.offer(event(1));
    queue.fail(new IllegalStateException("no more"));
    queue.request(2);
    recorder.await(event(1), "no more");
  }

  @Test
  void to_ask_for_none_is_a_mistake() throws Exception {
    queue.offer(event(1));
    queue.request(0);
    recorder.await("request of 0 events");
  }

  @Test
  void after_a_cancel_there_is_nothing_more() throws Exception {
    queue.cancel();
    queue.offer(event(1));
    queue.request(1);
    Thread.sleep(50);
    recorder.await();
  }

  @Test
  void a_subscriber_that_fails_gets_no_more() throws Exception {
    EventQueue failing =
        new EventQueue(
            new Recorder() {
              @Override
              public void onNext(ContainerEvent event) {
                throw new IllegalStateException("a subscriber that fails");
              }
            },
            LAST::equals);
    failing.request(2);
    failing.offer(event(1));
    Eventually.await("it is over", failing::isOver);
  }

  @Test
  void a_subscriber_that_takes_its_time_keeps_nobody_waiting() throws Exception {
    CountDownLatch goesOn = new CountDownLatch(1);
    Recorder slow =
        new Recorder() {
          @Override
          public void onNext(ContainerEvent event) {
            try {
              goesOn.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            super.onNext(event);
          }
        };
    EventQueue waiting = new EventQueue(slow, LAST::equals);
    waiting.request(Long.MAX_VALUE);
    waiting.offer(event(0));
    int more = 10 * ContainerEvents.CAPACITY;
    for (int i = 1; i <= more; i++) {
      waiting.offer(event(i));
    }
    goesOn.countDown();
    Eventually.await("all that there was room for", () -> slow.got.contains(event(more)));
    List<Object> got = new ArrayList<>(slow.got);
    long missed =
        got.stream()
            .filter(Missed.class::isInstance)
            .mapToLong(event -> ((Missed) event).count())
            .sum();
    assertThat(got.stream().filter(PidsLimitReached.class::isInstance))
        .hasSize((int) (1 + more - missed));
  }
}
