package dev.berth.cli;

import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers of options. If one is none, the error says so without the names of Java's types. */
record WholeNumber<N>(Function<String, N> parser, N min, N max) implements ITypeConverter<N> {
  static final WholeNumber<Integer> INTEGER =
      new WholeNumber<>(Integer::valueOf, Integer.MIN_VALUE, Integer.MAX_VALUE);
  static final WholeNumber<Long> LONG =
      new WholeNumber<>(Long::valueOf, Long.MIN_VALUE, Long.MAX_VALUE);

  /** Java's parsers also take the digits of other scripts. */
  private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]+");

  @Override
  public N convert(String value) {
    try {
      if (DECIMAL.matcher(value).matches()) {
        return parser.apply(value);
      }
    } catch (NumberFormatException tooLarge) {
      // Said below.
    }
    throw new TypeConversionException(
        "'%s' is not a whole number within %s to %s".formatted(value, min, max));
  }
}
