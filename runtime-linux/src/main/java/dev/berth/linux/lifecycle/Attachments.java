package dev.berth.linux.lifecycle;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What passes between this JVM's caller and a process to be, besides the standard streams.
 *
 * @param descriptors numbers of descriptors of this JVM, which the program finds as 3, 4, …
 * @param pidfdSocket who gets a pidfd of the process, listening there
 */
public record Attachments(List<Integer> descriptors, Optional<Path> pidfdSocket) {
  /** Nothing. */
  public static final Attachments NONE = new Attachments(List.of(), Optional.empty());

  /** Copies the list. */
  public Attachments {
    descriptors = List.copyOf(descriptors);
    for (int number : descriptors) {
      if (number < 0) {
        throw new IllegalArgumentException(
            "descriptor: must be at least 0, is %s".formatted(number));
      }
    }
  }

  /** The same with these descriptors. */
  public Attachments withDescriptors(List<Integer> numbers) {
    return new Attachments(numbers, pidfdSocket);
  }

  /** The same with this socket. */
  public Attachments withPidfdSocket(Path socket) {
    return new Attachments(descriptors, Optional.of(socket));
  }
}
