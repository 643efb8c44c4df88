package dev.berth.linux.stub;

import dev.berth.linux.sys.Errno;
import dev.berth.linux.sys.Fd;
import dev.berth.linux.sys.Message;
import dev.berth.spi.Printable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the stub has to say; {@code struct report} of {@code program.h}.
 *
 * <p>It comes from a process that has been inside the container, and is not believed without a
 * look.
 */
public sealed interface Report {

  /** {@code DETAIL_MAX}. */
  int DETAIL_MAX = 512;

  /** {@code sizeof(struct report)}. */
  int SIZE_MAX = 5 * Long.BYTES + DETAIL_MAX;

  /** How many descriptors come with a report at the most. */
  int DESCRIPTORS_MAX = 16;

  int REPORT_FAILED = 1;
  int REPORT_SYNC = 2;
  int REPORT_FORKED = 3;
  int REPORT_CREATED = 4;
  int REPORT_LISTENER = 5;

  /**
   * The stub has ended.
   *
   * @param step index, -1 if there was not yet any
   * @param errno 0 where no call has failed, and the detail says it all
   * @param detail printable
   * @param hook index of the hook that failed, among those of its kind
   */
  record Failed(long step, int errno, String detail, OptionalInt hook) implements Report {

    /** {@code fsmount(proc): EPERM (Operation not permitted)}. */
    @Override
    public String toString() {
      return errno == 0 ? detail : (detail.isEmpty() ? "" : detail + ": ") + Errno.describe(errno);
    }
  }

  /** The stub waits for an answer. */
  record Sync(long point, List<Fd> descriptors) implements Report {}

  /** The stub goes on in a child, and has itself ended. */
  record Forked(int pid, Fd pidfd) implements Report {}

  /**
   * The stub has loaded a filter, and waits for the listener to be handed over.
   *
   * @param descriptor which one it is in the stub
   */
  record Listener(int descriptor) implements Report {}

  /** The stub waits for a start. */
  record Created() implements Report {}

  /**
   * Reads {@code message}, whose descriptors belong to the report then, or are closed.
   *
   * @throws StubException if it is not a report
   */
  static Report read(Message message) throws StubException {
    ByteBuffer buffer = ByteBuffer.wrap(message.data()).order(ByteOrder.nativeOrder());
    if (buffer.remaining() >= 5 * Long.BYTES) {
      long kind = buffer.getLong();
      long step = buffer.getLong();
      long error = buffer.getLong();
      long value = buffer.getLong();
      long length = buffer.getLong();
      int descriptors = message.descriptors().size();
      if (length == buffer.remaining() && length <= DETAIL_MAX) {
        if (kind == REPORT_FAILED && descriptors == 0) {
          return new Failed(step, (int) error, printable(buffer), hook(value));
        } else if (kind == REPORT_SYNC) {
          return new Sync(value, message.descriptors());
        } else if (kind == REPORT_FORKED && descriptors == 1 && isPid(value)) {
          return new Forked((int) value, message.descriptors().getFirst());
        } else if (kind == REPORT_CREATED && descriptors == 0) {
          return new Created();
        } else if (kind == REPORT_LISTENER && descriptors == 0 && isDescriptor(value)) {
          return new Listener((int) value);
        }
      }
    }
    message.close();
    throw new StubException("stub: not a report: " + HexFormat.of().formatHex(message.data()));
  }

  private static OptionalInt hook(long value) {
    return value > 0 && value == (int) value
        ? OptionalInt.of((int) value - 1)
        : OptionalInt.empty();
  }

  private static boolean isDescriptor(long value) {
    return value >= 0 && value == (int) value;
  }

  private static boolean isPid(long value) {
    return value > 0 && value == (int) value;
  }

  private static String printable(ByteBuffer detail) {
    return Printable.text(StandardCharsets.UTF_8.decode(detail).toString());
  }
}
