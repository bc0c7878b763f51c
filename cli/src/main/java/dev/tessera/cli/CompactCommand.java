package dev.tessera.cli;

import dev.tessera.engine.store.DataType;
import dev.tessera.transformer.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a model's file smaller. */
@Command(
    description = {
      "Write a model in fewer bytes: the weights of the matrix products of stage 2, of the ranker"
          + " and of naming and the table of tokens in half precision, to nearest even; all else"
          + " stays in f32.",
      "With bf16, a decoder whose weights are bf16 (sample --weights bf16, the default where the"
          + " processor multiplies such numbers) draws the same pictures from both files, unless the ranker"
          + " chooses among them."
    })
final class CompactCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "MODEL", description = "A bundle, NAME.tessera.")
  private Path model = Path.of("");

  @Option(
      names = "--weights",
      paramLabel = "bf16|f16",
      defaultValue = "bf16",
      description = "What weights become (default: ${DEFAULT-VALUE}).")
  private Half weights = Half.BF16;

  @Mixin private final BundleOutOption target = new BundleOutOption();

  /** The types of half the bytes. */
  private enum Half {
    BF16(DataType.BF16),
    F16(DataType.F16);

    private final DataType type;

    Half(DataType type) {
      this.type = type;
    }
  }

  CompactCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Path out = target.file();
    Bundle compact = compact(Bundle.read(model));
    double before = megabytes(model); // which may be the same file
    compact.write(out);
    session.note(String.format(Locale.ROOT, "%.1f MB, before %.1f MB", megabytes(out), before));
    session.out().println(out);
    return ExitCode.DONE;
  }

  private Bundle compact(Bundle bundle) throws IOException {
    if (bundle.stage2().isEmpty()) {
      throw new IOException(model + " has stage 1 only, which stays in f32");
    }
    try {
      return bundle.compact(weights.type);
    } catch (IllegalArgumentException e) {
      throw new IOException(model + ": " + e.getMessage(), e);
    }
  }

  private static double megabytes(Path file) throws IOException {
    return Files.size(file) / 1e6;
  }
}
