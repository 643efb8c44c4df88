package dev.berth.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Numbers of bytes as {@code runc} takes them: {@code 512m}, {@code 1.5GiB}, and -1 for no limit.
 */
final class ByteSize implements ITypeConverter<Long> {
  private static final String UNITS = "kmgtp";
  private static final int BITS_A_UNIT = 10;

  private static final Pattern SIZE =
      Pattern.compile("(\\d+(?:\\.\\d*)?) ?(?:b|([kmgtp])(?:i?b)?)?");

  @Override
  public Long convert(String value) {
    if (value.equals("-1")) {
      return -1L;
    }
    Matcher size = SIZE.matcher(value.toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      throw new TypeConversionException(
          "'%s' is neither a size such as 512m nor -1".formatted(value));
    }
    long unit = size.group(2) == null ? 1 : 1L << BITS_A_UNIT * (UNITS.indexOf(size.group(2)) + 1);
    BigDecimal bytes = new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(unit));
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new TypeConversionException("'%s' is more than there can be".formatted(value));
    }
    return bytes.longValue();
  }
}
