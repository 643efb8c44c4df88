package dev.berth.cli;

import dev.berth.spec.User;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code UID[:GID]} of a command line. Strict, because a lenient parser has made {@code 1} into
 * root (CVE-2026-30892): decimal digits only, and the number that stands there or none.
 *
 * @param uid the user id
 * @param gid the group id; null to leave it as it is
 */
record NumericUser(long uid, @Nullable Long gid) {
  /** 2^32 - 1 means "do not change" to setresuid(2): whoever asked for it would stay root. */
  private static final long MAX_ID = (1L << 32) - 2;

  private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,9}");

  /**
   * Reads a user.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  static NumericUser parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new NumericUser(id("user", text, text), null);
    }
    return new NumericUser(
        id("user", text, text.substring(0, colon)), id("user", text, text.substring(colon + 1)));
  }

  /** Reads one id, such as that of a group; {@code what} and {@code text} are for the message. */
  static long id(String what, String text, String digits) {
    if (!DECIMAL.matcher(digits).matches()) {
      throw new IllegalArgumentException(
          "%s \"%s\": \"%s\" is not a decimal id".formatted(what, text, digits));
    }
    long id = Long.parseLong(digits);
    if (id > MAX_ID) {
      throw new IllegalArgumentException(
          "%s \"%s\": %s is greater than %s".formatted(what, text, digits, MAX_ID));
    }
    return id;
  }

  /** {@code user} with these ids, and whatever else it had. */
  User in(User user) {
    return new User(uid, gid == null ? user.gid() : gid, user.umask(), user.additionalGids());
  }
}
