package dev.berth.linux.testing;

import dev.berth.linux.sys.Host;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A test that runs real containers: as root, on Linux, with a static busybox. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({RunsContainers.Condition.class, LeavesNothingBehind.class})
public @interface RunsContainers {

  /** Skips with the reason on standard error, where nobody overlooks it. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String reason = reason();
      if (reason.isEmpty()) {
        return ConditionEvaluationResult.enabled("containers can run");
      }
      System.err.println("skipped: " + context.getDisplayName() + ": " + reason);
      return ConditionEvaluationResult.disabled(reason);
    }

    private static String reason() {
      if (Host.geteuid() != 0) {
        return "needs root";
      }
      return BusyboxRoot.isAvailable() ? "" : "needs /bin/busybox (Debian: busybox-static)";
    }
  }
}
