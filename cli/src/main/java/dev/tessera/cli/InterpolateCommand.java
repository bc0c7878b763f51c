package dev.tessera.cli;

import dev.tessera.Tessera;
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

/** Makes pictures between two others. */
@Command(
    description = {
      "Make pictures on the way from one picture to another, of the model's size: each token passes"
          + " over the codes between its first and its last.",
      "--out x.png writes one grid, row by row; --out dir/ writes single files."
    })
final class InterpolateCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final ModelOption model = new ModelOption();
  @Mixin private final OutOption out = new OutOption();

  @Parameters(index = "0", paramLabel = "A", description = "The first picture.")
  private Path first = Path.of("");

  @Parameters(index = "1", paramLabel = "B", description = "The last picture.")
  private Path last = Path.of("");

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "8",
      description = "Pictures in all, A and B included, 2 to 1000 (default: ${DEFAULT-VALUE}).")
  private int steps;

  InterpolateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureOutput output = out.output();
    if (steps < 2 || steps > Tessera.MAXIMUM_STEPS) {
      throw new UsageException(
          "--steps is " + steps + ", but must be 2 to " + Tessera.MAXIMUM_STEPS);
    }
    try (Tessera tessera = model.load()) {
      Rgb from = Pictures.read(first, tessera.pictureConfig());
      Rgb to = Pictures.read(last, tessera.pictureConfig());
      write(output, tessera.interpolate(from, to, steps));
    }
    return ExitCode.DONE;
  }

  private void write(PictureOutput output, List<Rgb> pictures) throws IOException {
    if (output.isFile()) {
      output.writeFile(pictures, List.of(), Math.min(pictures.size(), SampleFiles.MAXIMUM_COLUMNS));
      session.out().println(output.path());
      return;
    }
    for (int i = 0; i < pictures.size(); i++) {
      session.out().println(output.writeInFolder(String.format("%05d.png", i), pictures.get(i)));
    }
  }
}
