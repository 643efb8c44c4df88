package dev.berth.cli;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** {@code --user}: what is taken reads the same when it is written again, and nothing else is. */
public final class UserFuzz {
  private static final Pattern IDS = Pattern.compile("(0|[1-9]\\d*)(:(0|[1-9]\\d*))?");
  private static final BigInteger GREATEST = BigInteger.valueOf((1L << 32) - 2);
  private static final String[] PARTS = {
    "0",
    "1",
    "00",
    ":",
    "-",
    "+",
    " ",
    "1000",
    "4294967294",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "0x1",
    "root",
    "\u0661",
    "\uff11",
    ",",
    "1e3"
  };

  private UserFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(FuzzedDataProvider data) {
    StringBuilder text = new StringBuilder();
    for (int i = data.consumeInt(0, 4); i > 0; i--) {
      text.append(data.consumeBoolean() ? data.pickValue(PARTS) : data.consumeString(12));
    }
    check(text.toString());
  }

  private static void check(String text) {
    try {
      NumericUser user = NumericUser.parse(text);
      String written = user.gid() == null ? "" + user.uid() : user.uid() + ":" + user.gid();
      if (!written.equals(text)) {
        throw new AssertionError("\"" + text + "\" is taken for " + written);
      }
    } catch (IllegalArgumentException refused) {
      if (isUser(text)) {
        throw new AssertionError("\"" + text + "\" is refused", refused);
      }
    }
  }

  private static boolean isUser(String text) {
    if (!IDS.matcher(text).matches()) {
      return false;
    }
    for (String id : text.split(":")) {
      if (new BigInteger(id).compareTo(GREATEST) > 0) {
        return false;
      }
    }
    return true;
  }
}
