package dev.berth;

import dev.berth.spi.Printable;
import java.util.List;
import java.util.Locale;

/**
 * A signal; signal(7). The numbers are those of x86-64, aarch64 and riscv64.
 *
 * @param number 1 to 64
 */
public record Signal(int number) {
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
  private static final int FIRST_REAL_TIME = 34;
  private static final int LAST = 64;

  /** Asks a program to end. */
  public static final Signal TERM = new Signal(15);

  /** Ends a program; it cannot be caught. */
  public static final Signal KILL = new Signal(9);

  /** Interrupts, as Ctrl-C does. */
  public static final Signal INT = new Signal(2);

  /** Hang-up. */
  public static final Signal HUP = new Signal(1);

  public Signal {
    if (number < 1 || number > LAST) {
      throw new IllegalArgumentException("unknown signal \"" + number + "\"");
    }
  }

  /**
   * The signal with this name, with or without {@code SIG} and in any case, or with this number:
   * {@code TERM}, {@code sigterm}, {@code 15}, {@code RTMIN+3}.
   *
   * @throws IllegalArgumentException if there is no such signal
   */
  public static Signal parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    name = name.startsWith("SIG") ? name.substring(3) : name;
    int index = NAMES.indexOf(name);
    if (index >= 0) {
      return new Signal(index + 1);
    }
    int number =
        switch (name) {
          case "IOT" -> 6;
          case "POLL" -> 29;
          case "CLD" -> 17;
          case String real when real.startsWith("RTMIN") -> real(real, FIRST_REAL_TIME, 5);
          case String real when real.startsWith("RTMAX") -> real(real, LAST, 5);
          default -> decimal(name);
        };
    if (number < 1 || number > LAST) {
      throw new IllegalArgumentException("unknown signal \"%s\"".formatted(Printable.value(text)));
    }
    return new Signal(number);
  }

  private static int real(String name, int base, int prefix) {
    if (name.length() == prefix) {
      return base;
    }
    char sign = name.charAt(prefix);
    int offset = decimal(name.substring(prefix + 1));
    if (offset < 0 || offset > LAST - FIRST_REAL_TIME) {
      return -1;
    }
    int number = sign == '+' ? base + offset : sign == '-' ? base - offset : -1;
    return number >= FIRST_REAL_TIME ? number : -1;
  }

  private static int decimal(String text) {
    boolean digits = !text.isEmpty() && text.length() <= 3;
    for (int i = 0; i < text.length(); i++) {
      digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return digits ? Integer.parseInt(text) : -1;
  }

  /** {@code SIGTERM}, {@code SIGRTMIN+3}, or the number where a signal has no name. */
  @Override
  public String toString() {
    if (number <= NAMES.size()) {
      return "SIG" + NAMES.get(number - 1);
    }
    return number >= FIRST_REAL_TIME ? "SIGRTMIN+" + (number - FIRST_REAL_TIME) : "" + number;
  }
}
