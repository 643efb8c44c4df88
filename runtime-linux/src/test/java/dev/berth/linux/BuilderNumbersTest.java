package dev.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.berth.ContainerBuilder;
import dev.berth.ExecBuilder;
import dev.berth.Limits;
import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.state.ContainerId;
import dev.berth.spec.Spec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every number and time that a caller gives is checked when it is given. */
class BuilderNumbersTest {
  /** Neither a number of anything nor {@link Limits#UNLIMITED}. */
  private static final int WRONG = -7;

  static Stream<Method> methods() {
    return Stream.of(ContainerBuilder.class, ExecBuilder.class, Limits.class)
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method ->
            Arrays.stream(method.getParameterTypes()).anyMatch(BuilderNumbersTest::isNumber));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void a_wrong_number_is_refused_at_once(Method method) throws Exception {
    assertThat(refusal(method, Duration.ofSeconds(WRONG)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(".+: .*-7.*");
  }

  @Test
  void no_time_at_all_is_no_time_limit() throws Exception {
    for (Class<?> builder : new Class<?>[] {ContainerBuilder.class, ExecBuilder.class}) {
      assertThat(refusal(builder.getMethod("run", Duration.class), Duration.ZERO))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("time limit: must be longer than 0, is PT0S; run() has none");
    }
  }

  @Test
  void a_number_that_is_too_large_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limits.NONE.cpus(Double.POSITIVE_INFINITY))
        .withMessageStartingWith("cpu limit: Infinity is not within");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limits.NONE.cpus(Double.NaN))
        .withMessageStartingWith("cpu limit: NaN is not within");
    Limits both = Limits.NONE.memory(Long.MAX_VALUE).swap(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpecEdits.limits(both).apply(SpecDefaults.spec()))
        .withMessageContaining("more bytes together than 2^63-1");
    assertThat(Limits.NONE.cpus(1_000_000).cpus()).isEqualTo(OptionalDouble.of(1_000_000));
  }

  private static Throwable refusal(Method method, Duration duration) throws Exception {
    Object[] arguments =
        Arrays.stream(method.getParameterTypes()).map(type -> argument(type, duration)).toArray();
    try {
      method.setAccessible(true);
      method.invoke(receiver(method.getDeclaringClass()), arguments);
      return null;
    } catch (InvocationTargetException e) {
      return e.getCause();
    }
  }

  private static boolean isNumber(Class<?> type) {
    return argument(type, Duration.ZERO) instanceof Number
        || type == int[].class
        || type == Duration.class;
  }

  private static Object argument(Class<?> type, Duration duration) {
    return switch (type.getSimpleName()) {
      case "int" -> WRONG;
      case "int[]" -> new int[] {WRONG};
      case "long" -> (long) WRONG;
      case "double" -> (double) WRONG;
      case "Duration" -> duration;
      case "Path" -> Path.of("/dev/sda");
      default -> null;
    };
  }

  private static Object receiver(Class<?> type) {
    ContainerId id = new ContainerId("numbers");
    Spec spec = SpecDefaults.spec();
    return switch (type.getSimpleName()) {
      case "ContainerBuilder" -> new LinuxContainerBuilder(null, id);
      case "ExecBuilder" -> new LinuxExecBuilder(null, null, id, spec, spec.process());
      default -> Limits.NONE;
    };
  }
}
