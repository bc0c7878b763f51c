package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.transformer.edit.CompletionOptions;
import dev.tessera.transformer.edit.MaskShape;
import dev.tessera.transformer.edit.PictureMask;
import dev.tessera.vqvae.picture.Pictures;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fills a part of a picture. */
@Command(
    description = {
      "Fill the part of a picture that --mask names; the rest comes back unchanged, in the picture's"
          + " own size.",
      "Example: --mask top:0.5 fills the upper half and keeps the lower one.",
      "--out x.png with several pictures writes one grid; --out dir/ writes single files and"
          + " samples.jsonl."
    })
final class CompleteCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final WeightsOption model = new WeightsOption();
  @Mixin private final EditOptions edit = new EditOptions();

  @Parameters(paramLabel = "IMAGE", description = "A picture file.")
  private Path image = Path.of("");

  @Option(
      names = "--mask",
      required = true,
      paramLabel = "MASK",
      description = {
        "What is FILLED (everything else is kept):",
        "top:S, bottom:S, left:S, right:S: the share S of the picture at that side;",
        "box:X,Y,W,H: a rectangle, in pixels from the upper left corner;",
        "FILE: a picture of the same size, white where it is filled and black where it is kept; of"
            + " a file with transparency, the transparent part is filled."
      })
  private String mask = "";

  CompleteCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureOutput output = edit.output();
    CompletionOptions options =
        UsageException.check(
            () -> new CompletionOptions(edit.prompt(), edit.count(), edit.sampling()));
    Optional<MaskShape> shape = UsageException.check(() -> MaskShape.parse(mask));
    try (Tessera tessera = model.load()) {
      session.warnIfCut(tessera, edit.prompt());
      Rgb picture = Pictures.readWhole(image, tessera.pictureConfig().background());
      PictureMask filled = mask(shape, picture);
      edit.write(
          session,
          output,
          progress ->
              tessera.complete(
                  picture, filled, options, progress, session.interruption()::isRequested));
    }
    return ExitCode.DONE;
  }

  private PictureMask mask(Optional<MaskShape> shape, Rgb picture) throws IOException {
    int height = picture.height();
    int width = picture.width();
    if (shape.isPresent()) {
      return UsageException.check(() -> shape.get().on(height, width));
    }
    return PictureMask.read(Path.of(mask), height, width);
  }
}
