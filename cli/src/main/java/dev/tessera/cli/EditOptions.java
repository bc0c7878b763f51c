package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.transformer.decode.Progress;
import dev.tessera.transformer.decode.SamplingOptions;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What commands understand that make pictures out of one, and how they show and write them. */
final class EditOptions {
  @Mixin private final PictureSampling sampling = new PictureSampling();
  @Mixin private final OutOption out = new OutOption();

  @Option(
      names = "--prompt",
      paramLabel = "T",
      defaultValue = "",
      description = "What the whole picture should show.")
  private String prompt = "";

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "1",
      description = "Pictures to make (default: ${DEFAULT-VALUE}).")
  private int count;

  String prompt() {
    return prompt;
  }

  int count() {
    return count;
  }

  SamplingOptions sampling() {
    return sampling.options();
  }

  /**
   * Where the pictures go.
   *
   * @throws UsageException if they cannot
   */
  PictureOutput output() {
    return out.output();
  }

  /** Makes pictures while a bar shows how far it is, and writes them. */
  void write(Session session, PictureOutput output, Function<Progress, List<Tessera.Sample>> work)
      throws IOException {
    List<Tessera.Sample> samples = SamplingBar.show(session, work);
    new SampleFiles(session, output)
        .write(samples, sampling().seed(), SampleFiles.columns(samples.size()));
  }
}
