package dev.berth.core.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.core.spec.Findings;
import dev.berth.core.spec.Reading;
import dev.berth.core.spec.SpecChecks;
import dev.berth.core.spec.SpecReader;
import dev.berth.core.spec.SpecWriter;
import dev.berth.spec.Spec;

/**
 * Any bytes are a configuration, or there are problems with them. What is acceptable reads back as
 * it was written, and can be planned.
 */
public final class ConfigFuzz {
  private ConfigFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    Reading<Spec> reading = SpecReader.read(input, Spec.class);
    if (reading.value() == null) {
      if (reading.problems().isEmpty()) {
        throw new AssertionError("refused without a reason");
      }
      return;
    }
    check(reading.value());
  }

  static void check(Spec spec) {
    Findings findings = SpecChecks.check(spec);
    if (!findings.problems().isEmpty()) {
      return;
    }
    byte[] written = SpecWriter.write(spec).getBytes(UTF_8);
    Spec again = SpecReader.read(written, Spec.class).orThrow(AssertionError::new);
    if (!again.equals(spec)) {
      throw new AssertionError("written and read: " + again + "\nwas: " + spec);
    }
    for (HostView host : new HostView[] {Plans.UNIFIED, Plans.HYBRID}) {
      if (Plans.plan(spec, host).toString().isEmpty()) {
        throw new AssertionError("an empty plan");
      }
    }
  }
}
