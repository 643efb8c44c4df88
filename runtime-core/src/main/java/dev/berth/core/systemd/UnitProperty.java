package dev.berth.core.systemd;

import java.util.List;

/**
 * A property of a unit.
 *
 * @param name as in {@code org.freedesktop.systemd1(5)}, which is not always that of a unit's file
 */
public record UnitProperty(String name, BusValue value) {

  /** {@code a(sv)}, as methods of systemd take properties. */
  public static BusValue all(List<UnitProperty> properties) {
    return new BusValue.Array(
        "(sv)",
        properties.stream()
            .<BusValue>map(each ->
                new BusValue.Struct(
                    List.of(BusValue.text(each.name), new BusValue.Variant(each.value))))
            .toList());
  }
}
