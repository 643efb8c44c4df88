package dev.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ConstantDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That nothing which is written to the kernel, systemd, a file or a message depends on the locale:
 * with {@code -Duser.language=ar}, {@code "%d"} makes digits that the kernel does not read. So each
 * class of each module is looked at for what Java does by the default locale or character set.
 */
class LocaleTest {
  private static final Path MODULES = Path.of("../..");

  /** Conversions of {@link java.util.Formatter} that have digits, signs or words of a locale. */
  private static final Pattern LOCALIZED =
      Pattern.compile("%(\\d+\\$|<)?[-#+ 0,(]*\\d*(\\.\\d+)?([deEfgGaA]|[tT][a-zA-Z]|[SBHCX])");

  /** The place of a number in the name of a network device, which the kernel fills in. */
  private static final String OF_THE_KERNEL = "%d";

  /** Calls that ask for the default locale or character set, with their descriptors. */
  private static final Set<String> FORBIDDEN =
      Set.of(
          "java/lang/String.toLowerCase()Ljava/lang/String;",
          "java/lang/String.toUpperCase()Ljava/lang/String;",
          "java/lang/String.getBytes()[B",
          "java/lang/String.<init>([B)V",
          "java/lang/String.<init>([BII)V",
          "java/io/ByteArrayOutputStream.toString()Ljava/lang/String;",
          "java/io/InputStreamReader.<init>(Ljava/io/InputStream;)V",
          "java/io/OutputStreamWriter.<init>(Ljava/io/OutputStream;)V",
          "java/io/PrintStream.<init>(Ljava/io/OutputStream;)V",
          "java/io/PrintStream.<init>(Ljava/io/OutputStream;Z)V",
          "java/io/PrintWriter.<init>(Ljava/io/OutputStream;)V",
          "java/io/PrintWriter.<init>(Ljava/io/OutputStream;Z)V",
          "java/lang/Process.inputReader()Ljava/io/BufferedReader;",
          "java/lang/Process.errorReader()Ljava/io/BufferedReader;",
          "java/lang/Process.outputWriter()Ljava/io/BufferedWriter;",
          "java/nio/charset/Charset.defaultCharset()Ljava/nio/charset/Charset;",
          "java/util/Locale.getDefault()Ljava/util/Locale;",
          "java/text/MessageFormat.<init>(Ljava/lang/String;)V",
          "java/text/MessageFormat.format(Ljava/lang/String;[Ljava/lang/Object;)Ljava/lang/String;",
          "java/time/format/DateTimeFormatter.ofPattern(Ljava/lang/String;)Ljava/time/format/DateTimeFormatter;");

  /** Classes that are of a locale altogether. */
  private static final Set<String> FORBIDDEN_CLASSES =
      Set.of(
          "java/io/FileReader",
          "java/io/FileWriter",
          "java/text/Collator",
          "java/text/DecimalFormat",
          "java/text/NumberFormat",
          "java/text/SimpleDateFormat",
          "java/util/Scanner");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "runtime-api",
        "runtime-core",
        "runtime-linux",
        "examples/quickstart",
        "examples/bench",
        "examples/cli"
      })
  void nothing_depends_on_the_locale(String module) throws IOException {
    Path classes = MODULES.resolve(module).resolve("target/classes");
    assumeThat(classes).as("compiled in this build").exists();
    assertThat(findings(classes)).isEmpty();
  }

  /** What is below is found: each finding of the test can be made. */
  @Test
  void finds_what_depends_on_the_locale() throws IOException {
    assertThat(findings(Path.of("target/test-classes/dev/berth/cli/LocaleTest$Localized.class")))
        .containsExactly(
            "dev/berth/cli/LocaleTest$Localized.format: \"%d\" in \"number %d\"",
            "dev/berth/cli/LocaleTest$Localized.concatenate: \"%,d\" in \"\1: %,d\"",
            "dev/berth/cli/LocaleTest$Localized.lower:"
                + " java/lang/String.toLowerCase()Ljava/lang/String;",
            "dev/berth/cli/LocaleTest$Localized.number:"
                + " java/text/NumberFormat.getInstance()Ljava/text/NumberFormat;",
            "dev/berth/cli/LocaleTest$Localized.number: java/text/NumberFormat.format(J)Ljava/lang/String;");
  }

  private static List<String> findings(Path classes) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".class")).toList();
      assertThat(found).as(classes.toString()).isNotEmpty();
      List<String> findings = new ArrayList<>();
      for (Path file : found) {
        ClassModel model = ClassFile.of().parse(file);
        model
            .methods()
            .forEach(method -> find(model.thisClass().asInternalName(), method, findings));
      }
      return findings;
    }
  }

  private static void find(String owner, MethodModel method, List<String> findings) {
    String where = owner + "." + method.methodName().stringValue() + ": ";
    List<InvokeInstruction> calls = new ArrayList<>();
    List<ConstantDesc> constants = new ArrayList<>();
    method
        .code()
        .ifPresent(code ->
            code.forEach(element -> {
              switch (element) {
                case InvokeInstruction call -> calls.add(call);
                case ConstantInstruction constant -> constants.add(constant.constantValue());
                // A concatenation has its constant parts here.
                case InvokeDynamicInstruction dynamic -> constants.addAll(dynamic.bootstrapArgs());
                default -> {}
              }
            }));
    if (calls.stream().noneMatch(LocaleTest::formatsInALocale)) {
      constants.forEach(constant -> find(where, constant, findings));
    }
    calls.stream()
        .map(LocaleTest::text)
        .filter(LocaleTest::isForbidden)
        .map(where::concat)
        .forEach(findings::add);
  }

  private static void find(String where, ConstantDesc constant, List<String> findings) {
    if (constant instanceof String text && !text.equals(OF_THE_KERNEL)) {
      LOCALIZED
          .matcher(text)
          .results()
          .findFirst()
          .ifPresent(
              found -> findings.add("%s\"%s\" in \"%s\"".formatted(where, found.group(), text)));
    }
  }

  /** A format of another method of the class, in none of its own. */
  private static boolean formatsInALocale(InvokeInstruction call) {
    boolean formats = Set.of("format", "printf").contains(call.name().stringValue());
    return formats && call.type().stringValue().startsWith("(Ljava/util/Locale;");
  }

  private static boolean isForbidden(String call) {
    return FORBIDDEN.contains(call)
        || FORBIDDEN_CLASSES.contains(call.substring(0, call.indexOf('.')));
  }

  private static String text(InvokeInstruction call) {
    return call.owner().asInternalName()
        + "."
        + call.name().stringValue()
        + call.type().stringValue();
  }

  /** What must be found, and is never called. */
  @SuppressWarnings("unused")
  private static final class Localized {
    String format() {
      return "number %d".formatted(1);
    }

    String concatenate(String name) {
      return (name + ": %,d").formatted(1);
    }

    String lower(String text) {
      return text.toLowerCase();
    }

    String number(int number) {
      return java.text.NumberFormat.getInstance().format(number);
    }

    String none(String text) {
      return "%s %x %04o".formatted(text, 1, 1).toLowerCase(java.util.Locale.ROOT);
    }
  }
}
