package dev.berth.core.seccomp;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.berth.InvalidSpecException;
import dev.berth.core.spec.SpecChecks;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Action;
import dev.berth.spec.Seccomp.Architecture;
import dev.berth.spec.Seccomp.Arg;
import dev.berth.spec.Seccomp.Operator;
import dev.berth.spec.Seccomp.Syscall;
import dev.berth.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Any profile that passes the checks becomes a filter that says what the profile says. */
public final class SeccompFuzz {
  private static final String[] NAMES = {
    "read",
    "openat",
    "clone",
    "clone3",
    "ioctl",
    "personality",
    "socket",
    "recv",
    "shmget",
    "ipc",
    "socketcall",
    "mmap",
    "arm_fadvise64_64",
    "set_tls",
    "nobody",
    ""
  };

  private SeccompFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(FuzzedDataProvider data) {
    Architecture machine = data.pickValue(Architecture.values());
    Random random = new Random(data.consumeInt());
    Seccomp profile =
        new Seccomp(
            data.pickValue(Action.values()),
            number(data),
            some(data, 3, () -> data.pickValue(Architecture.values())),
            null,
            null,
            null,
            some(data, 8, () -> rule(data)));
    Spec spec = SpecDefaults.spec();
    if (!SpecChecks.check(spec.withLinux(spec.linux().withSeccomp(profile))).problems().isEmpty()) {
      return;
    }
    long[] filter;
    try {
      filter = SeccompCompiler.compileNow(profile, machine).instructions().toArray();
    } catch (InvalidSpecException tooLong) {
      return;
    }
    List<?> mistakes = new Comparison(profile, machine, random).mistakes(filter, machine);
    if (!mistakes.isEmpty()) {
      throw new AssertionError(profile + " on " + machine + ": " + mistakes.getFirst());
    }
  }

  private static Syscall rule(FuzzedDataProvider data) {
    List<String> names =
        some(data, 4, () -> data.consumeBoolean() ? data.pickValue(NAMES) : data.consumeString(20));
    List<Arg> args =
        some(
            data,
            4,
            () ->
                new Arg(
                    data.consumeInt(0, 6),
                    data.consumeLong(),
                    data.consumeBoolean() ? data.consumeLong() : null,
                    data.pickValue(Operator.values())));
    return new Syscall(names, data.pickValue(Action.values()), number(data), args);
  }

  private static Long number(FuzzedDataProvider data) {
    return data.consumeBoolean() ? data.consumeLong(0, 1L << 32) : null;
  }

  private static <T> List<T> some(FuzzedDataProvider data, int most, Supplier<T> each) {
    List<T> list = new ArrayList<>();
    for (int i = data.consumeInt(0, most); i > 0; i--) {
      list.add(each.get());
    }
    return list;
  }
}
