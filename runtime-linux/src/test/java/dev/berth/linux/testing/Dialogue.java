package dev.berth.linux.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.ContainerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/** Somebody at the terminal of a process: types, and sees all that is printed. */
public final class Dialogue {
  private final StringBuffer seen = new StringBuffer();
  private final OutputStream keyboard;
  private final CompletableFuture<Void> end;

  /** Sits down at the terminal of {@code process}. */
  public Dialogue(ContainerProcess process) {
    this(process.getInputStream(), process.getOutputStream());
  }

  /** Sits down at this terminal. */
  public Dialogue(InputStream screen, OutputStream keyboard) {
    this.keyboard = keyboard;
    this.end = CompletableFuture.runAsync(() -> watch(screen), Thread::startVirtualThread);
  }

  private void watch(InputStream screen) {
    byte[] bytes = new byte[8192];
    try {
      for (int count; (count = screen.read(bytes)) > 0; ) {
        seen.append(new String(bytes, 0, count, UTF_8));
      }
    } catch (IOException e) {
      seen.append(e);
    }
  }

  /** Types, keys as their characters. */
  public void type(String keys) throws IOException {
    keyboard.write(keys.getBytes(UTF_8));
    keyboard.flush();
  }

  /** Waits until {@code text} was printed. */
  public void await(String text) throws InterruptedException {
    try {
      Eventually.await(text, () -> seen.indexOf(text) >= 0);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\nin: " + seen, e);
    }
  }

  /** All that was printed, once nothing more can be. */
  public String all() {
    end.join();
    return seen.toString();
  }
}
