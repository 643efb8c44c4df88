package dev.berth.linux.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.UnsupportedFeatureException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StateRootTest {
  private static final Optional<String> XDG = Optional.of("/run/user/1000");

  @Test
  void root_has_it_in_run() {
    assertThat(StateRoot.defaultPath(0, true, XDG)).isEqualTo(Path.of("/run/berth"));
  }

  @Test
  void other_users_have_it_in_their_runtime_directory() {
    Path own = Path.of("/run/user/1000/berth");
    assertThat(StateRoot.defaultPath(1000, true, XDG)).isEqualTo(own);
    assertThat(StateRoot.defaultPath(1000, false, XDG)).isEqualTo(own);
  }

  @Test
  void root_of_a_user_namespace_has_it_where_its_user_has() {
    assertThat(StateRoot.defaultPath(0, false, XDG)).isEqualTo(Path.of("/run/user/1000/berth"));
    assertThat(StateRoot.defaultPath(0, false, Optional.empty())).isEqualTo(Path.of("/run/berth"));
  }

  @Test
  void t41_no_directory_of_all_users_takes_the_place_of_one_that_is_missing() {
    assertThatThrownBy(() -> StateRoot.defaultPath(1000, true, Optional.empty()))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage(
            "no place for the state of uid 1000's containers: $XDG_RUNTIME_DIR, which a login sets,"
                + " is not an absolute path; name another directory as the root");
    assertThatThrownBy(() -> StateRoot.defaultPath(1000, true, Optional.of("run")))
        .isInstanceOf(UnsupportedFeatureException.class);
  }
}
