package dev.berth.core.systemd;

import dev.berth.UnsupportedFeatureException;
import dev.berth.spi.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Properties of the unit that annotations of the configuration ask for, {@code
 * org.systemd.property.NAME}. Annotations come from whoever may describe a container, and systemd
 * does as it is told: {@code SuccessAction} would turn the machine off, {@code OnFailure} start any
 * unit (CVE-2024-3154). So only those are taken that are about the container's own processes, and
 * neither take a limit away that the configuration sets nor let the unit reach outside.
 */
public final class AnnotatedProperties {
  private static final String PREFIX = "org.systemd.property.";

  /** systemd reads {@code NAMESec} in files, and takes {@code NAMEUSec} by D-Bus. */
  private static final String SECONDS = "Sec";

  private static final long MICROS = 1_000_000;

  private static final Set<String> HARMLESS =
      Set.of(
          "After",
          "Before",
          "CollectMode",
          "Description",
          "Documentation",
          "FinalKillSignal",
          "IPAccounting",
          "KillMode",
          "KillSignal",
          "ManagedOOMMemoryPressure",
          "ManagedOOMMemoryPressureLimit",
          "ManagedOOMPreference",
          "ManagedOOMSwap",
          "OOMPolicy",
          "RuntimeMaxUSec",
          "SendSIGHUP",
          "SendSIGKILL",
          "TimeoutStopUSec");

  private AnnotatedProperties() {}

  /**
   * Those in {@code annotations}, by name.
   *
   * @throws UnsupportedFeatureException if one is not taken from an annotation
   * @throws IllegalArgumentException if a value cannot be read
   */
  public static List<UnitProperty> of(Map<String, String> annotations) {
    List<UnitProperty> properties = new ArrayList<>();
    new TreeMap<>(annotations)
        .forEach((key, value) -> {
          if (key.startsWith(PREFIX)) {
            properties.add(property(key, key.substring(PREFIX.length()), value));
          }
        });
    return properties;
  }

  private static UnitProperty property(String key, String name, String text) {
    boolean seconds = name.endsWith(SECONDS) && !name.endsWith("USec");
    String property = seconds ? name.substring(0, name.length() - SECONDS.length()) + "USec" : name;
    if (!HARMLESS.contains(property)) {
      throw new UnsupportedFeatureException(
          "annotations[\"%s\"]: not taken from an annotation, which must not reach beyond the container; these are: %s"
              .formatted(
                  Printable.value(key), String.join(", ", HARMLESS.stream().sorted().toList())));
    }
    try {
      BusValue value = VariantText.parse(text);
      return new UnitProperty(property, seconds ? micros(value) : value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "annotations[\"%s\"]: %s".formatted(Printable.value(key), e.getMessage()), e);
    }
  }

  private static BusValue micros(BusValue value) {
    if (value instanceof BusValue.Whole(char _, long seconds)
        && seconds >= 0
        && seconds <= Long.MAX_VALUE / MICROS) {
      return BusValue.number(seconds * MICROS);
    }
    throw new IllegalArgumentException("not a number of seconds");
  }
}
