package dev.tessera.cli;

import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What commands understand that take a model back to the pictures it was trained on. */
final class MeasureOptions {
  @Mixin private final CacheOption cache = new CacheOption();

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

  /** Where the pictures come from. */
  PictureSource source() {
    return UsageException.check(() -> PictureSource.parse(source));
  }

  /** How the source is split. */
  PrepareOptions prepare() {
    return UsageException.check(
        () ->
            new PrepareOptions(
                PrepareOptions.DEFAULT.seed(),
                heldOut,
                PrepareOptions.DEFAULT.maxBrokenFraction()));
  }

  /** Where prepared pictures are kept. */
  Path cache() {
    return cache.folder();
  }

  /** The pictures, prepared and split as they were for training. */
  PreparedPictures pictures(Bundle bundle, Session session) throws IOException {
    return pictures(source(), bundle, session);
  }

  /** Pictures of another source, prepared in the same way. */
  PreparedPictures pictures(PictureSource pictures, Bundle bundle, Session session)
      throws IOException {
    PrepareListener interruptible = (done, total) -> session.leaveIfInterrupted();
    return PreparedPictures.prepare(
        pictures, bundle.vqvae().picture(), cache(), prepare(), interruptible);
  }
}
