package dev.berth.core.spec;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A set of processors or memory nodes, written as in cpuset(7): {@code 0-3,7}.
 *
 * @param words bit n of word m is the number 64 m + n
 */
public record NumberList(List<Long> words) {
  /** More than a kernel can be configured for: 8192 processors, 1024 nodes. */
  private static final int END = 8192;

  /** Of a text: each number with a comma and a space. */
  private static final int LONGEST = END * 6;

  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  /** Copies the list. */
  public NumberList {
    words = List.copyOf(words);
  }

  /** The numbers of {@code text}; empty if it is no list, or an empty one, or none so long. */
  public static Optional<NumberList> of(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    BitSet numbers = new BitSet();
    for (String part : text.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        return Optional.empty();
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first || last >= END) {
        return Optional.empty();
      }
      numbers.set(first, last + 1);
    }
    return Optional.of(new NumberList(LongStream.of(numbers.toLongArray()).boxed().toList()));
  }

  /** The numbers, in order. */
  public IntStream numbers() {
    return bits().stream();
  }

  /** A bit for each number, the lowest of the first byte for 0. */
  public byte[] toByteArray() {
    return bits().toByteArray();
  }

  private BitSet bits() {
    return BitSet.valueOf(words.stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public String toString() {
    BitSet numbers = bits();
    StringJoiner text = new StringJoiner(",");
    for (int first = numbers.nextSetBit(0); first >= 0; ) {
      int end = numbers.nextClearBit(first);
      text.add(end == first + 1 ? Integer.toString(first) : first + "-" + (end - 1));
      first = numbers.nextSetBit(end);
    }
    return text.toString();
  }
}
