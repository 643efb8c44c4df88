package dev.berth.cli;

import static java.nio.file.StandardOpenOption.CREATE_NEW;

import dev.berth.core.spec.SpecDefaults;
import dev.berth.core.spec.SpecWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(description = "Write a config.json to start from.")
final class SpecCommand implements Verb {
  private static final String FILE = "config.json";

  @Option(
      names = {"-b", "--bundle"},
      paramLabel = "DIR",
      description = "Where to write it (default: the current directory).")
  private Path bundle = Path.of("");

  @Option(names = "--rootless", description = "Not supported yet.")
  private boolean rootless;

  @Override
  public int run() throws IOException {
    NotYet.refuse("--rootless", rootless);
    Path file = bundle.resolve(FILE);
    try {
      Files.writeString(file, SpecWriter.write(SpecDefaults.spec()), CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("file %s exists. Remove it first".formatted(FILE), e);
    } catch (IOException e) {
      throw new IOException("file \"%s\": %s".formatted(file, Reason.of(e)), e);
    }
    return 0;
  }
}
