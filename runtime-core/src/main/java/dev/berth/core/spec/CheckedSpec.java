package dev.berth.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.InvalidSpecException;
import dev.berth.Problem;
import dev.berth.spec.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A configuration that a container can be made of, so that nothing after it asks again. */
public final class CheckedSpec {
  private final Spec spec;
  private final List<Problem> warnings;
  private volatile byte @Nullable [] json;

  private CheckedSpec(Spec spec, List<Problem> warnings) {
    this.spec = spec;
    this.warnings = warnings;
  }

  /**
   * Checks a configuration.
   *
   * @param source what it was read from, for the message
   * @throws InvalidSpecException if there can be no such container, with every problem
   */
  public static CheckedSpec of(String source, Spec spec) {
    return of(source, spec, SpecChecks.check(spec));
  }

  /**
   * Checks the process of an exec.
   *
   * @param spec the configuration of the container, with that process as its process
   * @throws InvalidSpecException if there can be no such process, with every problem
   */
  public static CheckedSpec ofExec(Spec spec) {
    return of("process", spec, SpecChecks.checkProcess(spec));
  }

  /**
   * The same, of a configuration that was checked already.
   *
   * @param findings what that has found
   */
  public static CheckedSpec of(String source, Spec spec, Findings findings) {
    findings.requireValid(source);
    return new CheckedSpec(spec, findings.warnings());
  }

  /** The configuration. */
  public Spec spec() {
    return spec;
  }

  /** Its JSON text, in UTF-8; written once. */
  public byte[] json() {
    byte[] known = json;
    if (known == null) {
      known = SpecWriter.write(spec).getBytes(UTF_8);
      json = known;
    }
    return known.clone();
  }

  /** What is left out or taken differently, which does not stop the container. */
  public List<Problem> warnings() {
    return warnings;
  }
}
