package dev.berth.linux.lifecycle;

import dev.berth.core.spec.Capability;
import java.util.List;

/** The fields of {@code /proc/PID/status}; proc_pid_status(5). */
final class ProcStatus {
  private ProcStatus() {}

  /** The first word of a field; empty if there is no such field. */
  static String field(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip().split("\\s", 2)[0])
        .findFirst()
        .orElse("");
  }

  /** Whether one of these capabilities is effective. */
  static boolean has(String status, String... capabilities) {
    String effective = field(status, "CapEff");
    return !effective.isEmpty()
        && (Long.parseUnsignedLong(effective, 16) & Capability.bits(List.of(capabilities))) != 0;
  }
}
