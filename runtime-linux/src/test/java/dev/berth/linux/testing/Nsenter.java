package dev.berth.linux.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a program of the host sees in a namespace of a container; nsenter(1). */
public final class Nsenter {
  private Nsenter() {}

  /** The output of {@code command} in the network namespace of {@code pid}. */
  public static String network(long pid, String... command)
      throws IOException, InterruptedException {
    List<String> words =
        new ArrayList<>(List.of("nsenter", "--target", Long.toString(pid), "--net"));
    words.addAll(List.of(command));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException(words + ": " + output);
    }
    return output;
  }
}
