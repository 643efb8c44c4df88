package dev.berth.core.plan;

import dev.berth.Status;
import dev.berth.spec.Hook;
import dev.berth.spec.Hooks;
import java.util.List;

/** The points of a container's life at which hooks run, in their order; runtime.md, "Lifecycle". */
public enum HookKind {
  PRESTART("prestart", Status.CREATING),
  CREATE_RUNTIME("createRuntime", Status.CREATING),
  CREATE_CONTAINER("createContainer", Status.CREATING),
  START_CONTAINER("startContainer", Status.CREATED),
  POSTSTART("poststart", Status.RUNNING),
  POSTSTOP("poststop", Status.STOPPED);

  private final String property;
  private final Status status;

  HookKind(String property, Status status) {
    this.property = property;
    this.status = status;
  }

  /** The container's status at this point. */
  public Status status() {
    return status;
  }

  /** Those of {@code hooks} that run at this point. */
  public List<Hook> of(Hooks hooks) {
    return switch (this) {
      case PRESTART -> hooks.prestart();
      case CREATE_RUNTIME -> hooks.createRuntime();
      case CREATE_CONTAINER -> hooks.createContainer();
      case START_CONTAINER -> hooks.startContainer();
      case POSTSTART -> hooks.poststart();
      case POSTSTOP -> hooks.poststop();
    };
  }

  /** The property of {@code hooks} in {@code config.json}. */
  @Override
  public String toString() {
    return property;
  }
}
