package dev.berth.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.ContainerStateException;
import dev.berth.Status;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationTest {
  @ParameterizedTest
  @CsvSource({
    "START, CREATED",
    "KILL, CREATED",
    "KILL, RUNNING",
    "KILL, PAUSED",
    "DELETE, STOPPED",
    "EXEC, CREATED",
    "EXEC, RUNNING",
    "PAUSE, CREATED",
    "PAUSE, RUNNING",
    "RESUME, PAUSED",
    "UPDATE, CREATED",
    "UPDATE, RUNNING",
    "UPDATE, PAUSED",
  })
  void passes_what_the_specification_allows(Operation operation, Status status) {
    assertThatCode(() -> operation.requireAllowed("web", status, 7)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "START|CREATING|container \"web\": cannot start: it is still being created",
        "START|RUNNING|container \"web\": already running (pid 7); use exec for a further command",
        "START|PAUSED|container \"web\": cannot start: it is paused; resume it first",
        "START|STOPPED|container \"web\": cannot start: it has stopped; delete it and create it anew",
        "KILL|CREATING|container \"web\": cannot send a signal: it is still being created",
        "KILL|STOPPED|container \"web\": cannot send a signal: container not running",
        "DELETE|CREATING|container \"web\": cannot delete: it is still being created; delete it with force",
        "DELETE|CREATED|container \"web\": cannot delete: it is created (pid 7); kill it first, or delete it with force",
        "DELETE|RUNNING|container \"web\": cannot delete: it is running (pid 7); kill it first, or delete it with force",
        "DELETE|PAUSED|container \"web\": cannot delete: it is paused (pid 7); kill it first, or delete it with force",
        "EXEC|CREATING|container \"web\": cannot exec: it is still being created",
        "EXEC|PAUSED|container \"web\": cannot exec in a paused container; resume it first, or wait for that (--ignore-paused)",
        "EXEC|STOPPED|container \"web\": cannot exec: container not running",
        "PAUSE|CREATING|container \"web\": cannot pause: it is still being created",
        "PAUSE|PAUSED|container \"web\": cannot pause: container not running; it is paused already",
        "PAUSE|STOPPED|container \"web\": cannot pause: container not running",
        "RESUME|CREATING|container \"web\": cannot resume: container not paused; it is creating",
        "RESUME|CREATED|container \"web\": cannot resume: container not paused; it is created",
        "RESUME|RUNNING|container \"web\": cannot resume: container not paused; it is running",
        "RESUME|STOPPED|container \"web\": cannot resume: container not paused; it is stopped",
        "UPDATE|CREATING|container \"web\": cannot update: it is still being created",
        "UPDATE|STOPPED|container \"web\": cannot update: container not running",
      })
  void refuses_everything_else_and_says_what_to_do(
      Operation operation, Status status, String message) {
    assertThatThrownBy(() -> operation.requireAllowed("web", status, 7))
        .isInstanceOfSatisfying(
            ContainerStateException.class, e -> assertThat(e.status()).isEqualTo(status))
        .hasMessage(message);
  }
}
