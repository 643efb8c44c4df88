package dev.berth.linux.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbers are held against the headers by {@link KernelHeadersTest}. */
class ErrnoTest {

  private static final String STRERROR =
      """
      #include <stdio.h>
      #include <string.h>
      int main(void)
      {
      	for (int number = 1; number <= 133; number++)
      		if (number != 41 && number != 58) /* without a name */
      			printf("%d %s\\n", number, strerror(number));
      }
      """;

  @TempDir private Path directory;

  @Test
  void texts_are_those_of_strerror() throws Exception {
    Path source = Files.writeString(directory.resolve("strerror.c"), STRERROR);
    Path program = directory.resolve("strerror");
    try {
      output("gcc", "-o", program.toString(), source.toString());
    } catch (IOException missing) {
      assumeTrue(false, "gcc is not installed");
    }
    assertThat(output(program.toString()))
        .isEqualTo(
            Stream.of(Errno.values())
                .filter(errno -> errno != Errno.UNKNOWN)
                .map(errno -> errno.number() + " " + errno.text() + "\n")
                .collect(Collectors.joining()));
  }

  @Test
  void a_number_without_a_name_is_unknown() {
    assertThat(Errno.of(41)).isEqualTo(Errno.UNKNOWN);
    assertThat(Errno.of(-1)).isEqualTo(Errno.UNKNOWN);
    assertThat(Errno.describe(524)).isEqualTo("errno 524");
    assertThat(Errno.describe(Errno.EPERM.number())).isEqualTo("EPERM (Operation not permitted)");
  }

  private static String output(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
