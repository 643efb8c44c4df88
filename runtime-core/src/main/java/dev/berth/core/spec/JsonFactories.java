package dev.berth.core.spec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/**
 * Makes factories of readers and writers. By default Jackson keeps buffers in a thread local of the
 * calling thread, where they keep the class loader of a library from being unloaded.
 */
public final class JsonFactories {
  private JsonFactories() {}

  /** A factory whose buffers go with it. */
  public static JsonFactory create() {
    return builder().build();
  }

  /** The same, for more settings. */
  static JsonFactoryBuilder builder() {
    return new JsonFactoryBuilder().recyclerPool(JsonRecyclerPools.newConcurrentDequePool());
  }
}
