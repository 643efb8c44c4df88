package dev.berth.core.seccomp;

import java.util.List;

/**
 * What happens to a system call.
 *
 * @param rules tried one after the other
 * @param otherwise what happens if none of them holds
 */
record Decision(List<Rule> rules, int otherwise) {

  static Decision always(int verdict) {
    return new Decision(List.of(), verdict);
  }

  /**
   * What a profile's rules for one call come to. The first one without conditions decides alone, as
   * with libseccomp, wherever it stands.
   */
  static Decision of(List<Rule> rules, int otherwise) {
    for (Rule rule : rules) {
      if (rule.isUnconditional()) {
        return always(rule.verdict());
      }
    }
    return new Decision(rules.stream().sorted(Rule.ORDER).toList(), otherwise);
  }
}
