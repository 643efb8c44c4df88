package dev.berth.linux.testing;

import java.text.MessageFormat;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a class logs while this is open, in place of where that goes otherwise. */
public final class Warnings implements AutoCloseable {
  private final Logger logger;
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final Handler handler = new Collector();

  /** Begins. */
  public Warnings(Class<?> source) {
    logger = Logger.getLogger(source.getName());
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  /** Whether what is logged comes here: a program on the class path may have a log of its own. */
  public static boolean areHeard() {
    return ServiceLoader.load(System.LoggerFinder.class).findFirst().isEmpty();
  }

  /** Those so far. */
  public List<String> messages() {
    return messages;
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  private final class Collector extends Handler {
    @Override
    public void publish(LogRecord entry) {
      messages.add(MessageFormat.format(entry.getMessage(), entry.getParameters()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
