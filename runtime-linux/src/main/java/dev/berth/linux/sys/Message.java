package dev.berth.linux.sys;

import java.util.List;

/**
 * One message of a {@code SOCK_SEQPACKET} socket, and the descriptors that came with it; whoever
 * receives it owns them.
 */
@SuppressWarnings("ArrayRecordComponent") // a message is read once; nobody compares two
public record Message(byte[] data, List<Fd> descriptors) implements AutoCloseable {

  public Message {
    descriptors = List.copyOf(descriptors);
  }

  /** The other side is gone; a message of no bytes looks the same, and nobody here sends one. */
  public boolean isEndOfFile() {
    return data.length == 0;
  }

  @Override
  public void close() {
    descriptors.forEach(Fd::close);
  }
}
