package dev.berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.sys.OpenDescriptors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The descriptors that were open at some time. */
record OpenFiles(List<String> descriptors) {

  static OpenFiles now() throws Exception {
    return new OpenFiles(OpenDescriptors.list());
  }

  /** Those of ended processes are closed on other threads, soon. */
  void awaitNoMore() throws Exception {
    long latest = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (!leaked().isEmpty() && System.nanoTime() < latest) {
      Thread.sleep(10);
    }
    assertThat(leaked()).isEmpty();
  }

  private List<String> leaked() throws Exception {
    List<String> more = new ArrayList<>(OpenDescriptors.list());
    more.removeAll(descriptors);
    return more;
  }
}
