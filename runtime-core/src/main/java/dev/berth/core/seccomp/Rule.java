package dev.berth.core.seccomp;

import java.util.Comparator;
import java.util.List;

/**
 * What happens to a system call if all of some conditions hold.
 *
 * @param conditions by the index of their arguments, of which each is there at most once
 */
record Rule(List<Condition> conditions, int verdict) {

  /** By the first condition that differs. */
  static final Comparator<Rule> ORDER =
      (one, other) -> {
        int common = Math.min(one.conditions.size(), other.conditions.size());
        for (int i = 0; i < common; i++) {
          int comparison = Condition.ORDER.compare(one.conditions.get(i), other.conditions.get(i));
          if (comparison != 0) {
            return comparison;
          }
        }
        return Integer.compare(other.conditions.size(), one.conditions.size());
      };

  Rule {
    conditions =
        conditions.stream()
            .filter(condition -> !condition.isAlways())
            .sorted(Comparator.comparingInt(Condition::index))
            .toList();
  }

  boolean isUnconditional() {
    return conditions.isEmpty();
  }
}
