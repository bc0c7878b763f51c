package dev.tessera.cli;

import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What commands understand that measure a model on a source. */
final class MeasureOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "A bundle, NAME.tessera.")
  private Path model = Path.of("");

  @Parameters(
      paramLabel = "SOURCE",
      description = "What the model was trained on: a folder of pictures, or emoji.")
  private String source = "";

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = "Share that training held out (default: ${DEFAULT-VALUE}).")
  private double heldOut;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Where prepared pictures are kept (default: ~/.cache/tessera).")
  private @Nullable Path cache;

  Bundle bundle() throws IOException {
    return Bundle.read(model);
  }

  /** The pictures, prepared and split as they were for training. */
  PreparedPictures pictures(Bundle bundle, Session session) throws IOException {
    PictureSource pictures = UsageException.check(() -> PictureSource.parse(source));
    PrepareOptions prepare =
        UsageException.check(
            () ->
                new PrepareOptions(
                    PrepareOptions.DEFAULT.seed(),
                    heldOut,
                    PrepareOptions.DEFAULT.maxBrokenFraction()));
    PrepareListener interruptible = (done, total) -> session.leaveIfInterrupted();
    return PreparedPictures.prepare(
        pictures,
        bundle.vqvae().picture(),
        cache != null ? cache : Caches.folder(),
        prepare,
        interruptible);
  }
}
