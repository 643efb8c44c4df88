package dev.berth.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as command lines of Go programs have them: {@code 5s}, {@code 1m30s}, {@code 1.5h}. */
final class GoDuration implements ITypeConverter<Duration> {
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private static final String PART = "(\\d{1,18}(?:\\.\\d{0,18})?|\\.\\d{1,18})(ns|us|µs|ms|s|m|h)";
  private static final Pattern WHOLE = Pattern.compile("([+-]?)((?:" + PART + ")+)");
  private static final Pattern PARTS = Pattern.compile(PART);

  @Override
  public Duration convert(String text) {
    Matcher whole = WHOLE.matcher(text);
    if (text.equals("0")) { // the one that needs no unit
      return Duration.ZERO;
    }
    if (!whole.matches()) {
      throw new TypeConversionException(
          "\"%s\" is not a duration, such as 5s, 500ms or 1m30s".formatted(text));
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher parts = PARTS.matcher(whole.group(2));
    while (parts.find()) {
      BigDecimal unit = BigDecimal.valueOf(NANOS.get(parts.group(2)));
      nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(unit));
    }
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new TypeConversionException("\"%s\" is longer than 292 years".formatted(text));
    }
    Duration duration = Duration.ofNanos(nanos.longValue());
    return whole.group(1).equals("-") ? duration.negated() : duration;
  }
}
