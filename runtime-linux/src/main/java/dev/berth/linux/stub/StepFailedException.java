package dev.berth.linux.stub;

import dev.berth.core.plan.Plan;
import dev.berth.core.plan.StepText;
import dev.berth.linux.sys.Errno;

/** A step of a plan failed. */
public final class StepFailedException extends StubException {

  private static final long serialVersionUID = 1;

  private final transient Plan plan;
  private final int index;
  private final transient Report.Failed report;

  StepFailedException(Plan plan, int index, Report.Failed report) {
    super(StepText.describe(plan, index) + ": " + report);
    this.plan = plan;
    this.index = index;
    this.report = report;
  }

  /** The plan that the step belongs to. */
  public Plan plan() {
    return plan;
  }

  /** Of the step, in the plan. */
  public int index() {
    return index;
  }

  /** Why the kernel refused it. */
  public Errno errno() {
    return Errno.of(report.errno());
  }

  /** Which call it was, and what the kernel had to say about it; may be empty. */
  public String detail() {
    return report.detail();
  }
}
