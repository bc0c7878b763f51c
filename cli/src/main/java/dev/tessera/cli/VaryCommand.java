package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.edit.VariationOptions;
import dev.tessera.vqvae.picture.Pictures;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
  @Mixin private final SamplingSettings settings = new SamplingSettings();
  @Mixin private final GuidanceOption guidance = new GuidanceOption();

  @Parameters(paramLabel = "IMAGE", description = "A picture file.")
  private Path image = Path.of("");

  @Option(
      names = "--strength",
      paramLabel = "S",
      defaultValue = "0.5",
      description =
          "Share of the tokens that are drawn anew, above 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double strength;

  @Option(
      names = "--prompt",
      paramLabel = "T",
      defaultValue = "",
      description = "What the variations should show.")
  private String prompt = "";

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "1",
      description = "Pictures to make (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "A PNG file, or a folder.")
  private String out = "";

  VaryCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureOutput output = PictureOutput.of(out);
    SamplingOptions sampling =
        UsageException.check(() -> settings.options().withGuidance(guidance.value()));
    VariationOptions options =
        UsageException.check(() -> new VariationOptions(strength, prompt, count, sampling));
    try (Tessera tessera = model.load()) {
      session.warnIfCut(tessera, prompt);
      Rgb picture = Pictures.read(image, tessera.pictureConfig());
      List<Tessera.Sample> samples =
          SamplingBar.show(
              session,
              progress ->
                  tessera.vary(picture, options, progress, session.interruption()::isRequested));
      new SampleFiles(session, output)
          .write(samples, sampling.seed(), SampleFiles.columns(samples.size()));
    }
    return ExitCode.DONE;
  }
}
