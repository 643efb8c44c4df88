package dev.berth.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepTextTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "/srv/data, /srv/data",
        "`a b`, `\"a b\"`",
        "`say \"hi\"`, `\"say \\\"hi\\\"\"`",
        "``, `\"\"`",
        "/münchen, /münchen",
      })
  void quotes_what_would_be_unclear(String text, String quoted) {
    assertThat(StepText.quote(text)).isEqualTo(quoted);
  }

  @Test
  void lets_no_control_character_through() {
    assertThat(StepText.quote("a\nb\t\u001b[31m\u0085"))
        .isEqualTo("\"a\\nb\\t\\u001b[31m\\u0085\"");
  }

  @Test
  void names_what_is_mounted_by_the_step_that_made_it() {
    Plan plan =
        new Plan(
            Set.of(),
            List.of(),
            List.of(
                new Step.NewMount(0, "proc", "proc", List.of(), 0),
                new Step.OpenTree(1, "/srv/data", true),
                new Step.Attach(0, "/proc", Symlinks.REFUSE),
                new Step.Attach(1, "/data", Symlinks.FOLLOW_IN_ROOT),
                new Step.Attach(2, "/lost", Symlinks.FOLLOW_IN_ROOT)));
    assertThat(Plans.steps(plan))
        .endsWith("mount proc at /proc", "mount /srv/data at /data", "mount slot 2 at /lost");
  }

  @Test
  void says_all_and_none_for_capability_sets() {
    Plan plan =
        new Plan(
            Set.of(),
            List.of(),
            List.of(new Step.SetBoundingSet(-1L >>> 23), new Step.SetCapabilities(0, 0, 0, 0)));
    assertThat(Plans.steps(plan))
        .containsExactly("set bounding set: all", "set capabilities: none");
  }
}
