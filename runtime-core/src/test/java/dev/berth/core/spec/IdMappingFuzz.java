package dev.berth.core.spec;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Mappings of any numbers: those that pass are disjoint ranges of ids, by arithmetic without end.
 */
public final class IdMappingFuzz {
  private static final BigInteger IDS = BigInteger.valueOf((1L << 32) - 1);

  private IdMappingFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(FuzzedDataProvider data) {
    List<IdMapping> mappings = new ArrayList<>();
    for (int i = data.consumeInt(1, 8); i > 0; i--) {
      mappings.add(new IdMapping(number(data), number(data), number(data)));
    }
    Spec spec = SpecDefaults.spec();
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.add(new Namespace(Namespace.Type.USER));
    Findings findings =
        SpecChecks.check(
            spec.withLinux(
                spec.linux().withNamespaces(namespaces).withMappings(mappings, mappings)));
    if (findings.problems().isEmpty()) {
      requireDisjoint(mappings, IdMapping::containerID);
      requireDisjoint(mappings, IdMapping::hostID);
    }
  }

  private static long number(FuzzedDataProvider data) {
    return switch (data.consumeInt(0, 3)) {
      case 0 -> data.consumeLong(0, 100);
      case 1 -> data.consumeLong(0, (1L << 32) - 1);
      case 2 -> (1L << 32) - 1 - data.consumeLong(0, 3);
      default -> data.consumeLong();
    };
  }

  private static void requireDisjoint(List<IdMapping> mappings, Function<IdMapping, Long> start) {
    for (IdMapping one : mappings) {
      BigInteger begin = BigInteger.valueOf(start.apply(one));
      BigInteger end = begin.add(BigInteger.valueOf(one.size()));
      if (begin.signum() < 0 || one.size() <= 0 || end.compareTo(IDS) > 0) {
        throw new AssertionError(one + " is no range of ids");
      }
      for (IdMapping other : mappings) {
        BigInteger otherBegin = BigInteger.valueOf(start.apply(other));
        if (one != other && begin.compareTo(otherBegin) <= 0 && otherBegin.compareTo(end) < 0) {
          throw new AssertionError(one + " overlaps " + other);
        }
      }
    }
  }
}
