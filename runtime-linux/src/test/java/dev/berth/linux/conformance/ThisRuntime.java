package dev.berth.linux.conformance;

import dev.berth.Container;
import dev.berth.ContainerRuntime;
import dev.berth.Result;
import dev.berth.linux.testing.LimitedContainers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** Berth, in this JVM. */
record ThisRuntime(ContainerRuntime runtime) implements OciRuntime {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Override
  public Outcome run(String id, Path bundle) throws InterruptedException {
    try {
      return outcome(runtime.container(id).bundle(bundle).run(LIMIT));
    } catch (RuntimeException e) {
      return refusal(e);
    }
  }

  private static Outcome outcome(Result result) {
    return new Outcome(result.exitValue(), result.output() + result.error());
  }

  private static Outcome refusal(RuntimeException e) {
    return new Outcome(1, e.getMessage());
  }

  @Override
  public Outcome create(String id, Path bundle) {
    try {
      runtime.container(id).bundle(bundle).detached().create();
      return new Outcome(0, "");
    } catch (RuntimeException e) {
      return refusal(e);
    }
  }

  @Override
  public Outcome start(String id) {
    return on(id, Container::start);
  }

  @Override
  public Outcome update(String id, String resources) {
    return on(id, container -> container.update(LimitedContainers.resources(resources)));
  }

  @Override
  public Outcome pause(String id) {
    return on(id, Container::pause);
  }

  @Override
  public Outcome resume(String id) {
    return on(id, Container::resume);
  }

  private Outcome on(String id, Consumer<Container> operation) {
    try {
      operation.accept(find(id));
      return new Outcome(0, "");
    } catch (RuntimeException e) {
      return refusal(e);
    }
  }

  @Override
  public String status(String id) {
    return find(id).state().status().toString();
  }

  @Override
  public long pid(String id) {
    return find(id).state().pid();
  }

  private Container find(String id) {
    return runtime.find(id).orElseThrow();
  }

  @Override
  public void delete(String id) {
    runtime.find(id).ifPresent(Container::deleteForcibly);
  }

  @Override
  public String toString() {
    return "berth";
  }
}
