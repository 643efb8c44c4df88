package dev.berth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExceptionsTest {
  private static final String ODD = "\u001b[31m\nforged \u202e";
  private static final String PRINTABLE = "\\u001b[31m\\nforged \\u202e";

  static Stream<RuntimeException> exceptions() {
    return Stream.of(
        new ContainerException(ODD, ODD),
        new ContainerExistsException(ODD),
        new ContainerNotFoundException(ODD),
        new ContainerSetupException(ODD, ODD, null),
        new ContainerStateException(ODD, Status.PAUSED, ODD),
        new InvalidSpecException(ODD, List.of(new Problem(ODD, ODD))),
        new UnsupportedFeatureException(ODD));
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void the_message_is_printable(RuntimeException exception) {
    assertThat(exception.getMessage()).contains(PRINTABLE).doesNotContain("\n", "\u001b", "\u202e");
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void can_be_serialized(RuntimeException exception) throws Exception {
    assertThat(copy(exception))
        .usingRecursiveComparison()
        .ignoringFields("stackTrace")
        .isEqualTo(exception);
  }

  @Test
  void a_copy_has_the_problems() throws Exception {
    InvalidSpecException exception =
        new InvalidSpecException("config.json", List.of(new Problem("root", "missing")));
    assertThat(copy(exception).problems()).containsExactly(new Problem("root", "missing"));
  }

  @SuppressWarnings("unchecked")
  private static <T> T copy(T object) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }
}
