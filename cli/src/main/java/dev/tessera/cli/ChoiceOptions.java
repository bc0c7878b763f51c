package dev.tessera.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Texts of which one is to be chosen, from the command line or from a file. */
final class ChoiceOptions {
  /** Longer files are no list that anybody wants to choose from. */
  private static final long MAXIMUM_BYTES = 1 << 20;

  @Option(
      names = "--choices",
      split = ",",
      paramLabel = "T",
      description = "Texts to choose from, with commas between them.")
  private @Nullable List<String> texts;

  @Option(
      names = "--choices-file",
      paramLabel = "FILE",
      description = "A file of texts to choose from, one on each line.")
  private @Nullable Path file;

  /** The texts, at least one, none of them empty. */
  List<String> texts() throws IOException {
    List<String> all = texts != null ? texts : file != null ? lines(file) : List.<String>of();
    List<String> stripped =
        all.stream().map(String::strip).filter(text -> !text.isEmpty()).toList();
    if (stripped.isEmpty()) {
      throw new UsageException("there are no texts to choose from");
    }
    return stripped;
  }

  private static List<String> lines(Path file) throws IOException {
    if (Files.size(file) > MAXIMUM_BYTES) {
      throw new IOException(
          "%s has %d bytes, but may have %d".formatted(file, Files.size(file), MAXIMUM_BYTES));
    }
    return Files.readAllLines(file);
  }
}
