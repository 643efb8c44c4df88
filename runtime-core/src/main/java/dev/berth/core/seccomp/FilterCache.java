package dev.berth.core.seccomp;

import dev.berth.spec.Seccomp;
import dev.berth.spec.Seccomp.Architecture;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The filters that were compiled last: most containers of a program have the same profile. */
final class FilterCache {
  private static final int CAPACITY = 16;

  private static final Map<Key, Filter> FILTERS =
      new LinkedHashMap<>(2 * CAPACITY, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Filter> eldest) {
          return size() > CAPACITY;
        }
      };

  private FilterCache() {}

  private record Key(Seccomp profile, Architecture machine) {}

  static Filter get(Seccomp profile, Architecture machine, Supplier<Filter> compiler) {
    Key key = new Key(profile, machine);
    synchronized (FILTERS) {
      Filter known = FILTERS.get(key);
      if (known != null) {
        return known;
      }
    }
    // Two that come at once both compile, rather than one wait for the other.
    Filter filter = compiler.get();
    synchronized (FILTERS) {
      FILTERS.put(key, filter);
    }
    return filter;
  }
}
