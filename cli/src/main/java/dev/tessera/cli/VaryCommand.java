package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.transformer.edit.VariationOptions;
import dev.tessera.vqvae.picture.Pictures;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes pictures like a given one. */
@Command(
    description = {
      "Make variations of a picture, of the model's size: a share of its tokens is drawn anew, here"
          + " and there, given all others.",
      "--out x.png with several pictures writes one grid; --out dir/ writes single files and"
          + " samples.jsonl."
    })
final class VaryCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final WeightsOption model = new WeightsOption();
  @Mixin private final EditOptions edit = new EditOptions();

  @Parameters(paramLabel = "IMAGE", description = "A picture file.")
  private Path image = Path.of("");

  @Option(
      names = "--strength",
      paramLabel = "S",
      defaultValue = "0.5",
      description =
          "Share of the tokens that are drawn anew, above 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double strength;

  VaryCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureOutput output = edit.output();
    VariationOptions options =
        UsageException.check(
            () -> new VariationOptions(strength, edit.prompt(), edit.count(), edit.sampling()));
    try (Tessera tessera = model.load()) {
      session.warnIfCut(tessera, edit.prompt());
      Rgb picture = Pictures.read(image, tessera.pictureConfig());
      edit.write(
          session,
          output,
          progress ->
              tessera.vary(picture, options, progress, session.interruption()::isRequested));
    }
    return ExitCode.DONE;
  }
}
