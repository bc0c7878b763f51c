package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.vqvae.measure.Psnr;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Pictures;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what stage 1 keeps of pictures. */
@Command(
    description = {
      "Encode pictures to tokens and back; prints file, tab, PSNR in dB.",
      "--out x.png with several pictures writes a grid of originals beside reconstructions;"
          + " --out dir/ writes single files."
    })
final class ReconstructCommand implements Callable<Integer> {
  private static final int COLUMNS = 8;

  private final Session session;

  @Mixin private final ModelOption model = new ModelOption();
  @Mixin private final OutOption out = new OutOption();
  @Mixin private final SearchOption search = new SearchOption();

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Picture files.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--tile",
      description =
          "Keep each picture's own size: reconstruct it in overlapping tiles of the model's size"
              + " and blend them, in place of resizing it.")
  private boolean tile;

  ReconstructCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureOutput output = out.output();
    int sweeps = search.sweeps();
    List<Rgb> originals = new ArrayList<>();
    List<Rgb> reconstructions = new ArrayList<>();
    try (Tessera tessera = model.load()) {
      for (Path image : images) {
        session.leaveIfInterrupted();
        PictureConfig picture = tessera.pictureConfig();
        Rgb original =
            tile ? Pictures.readWhole(image, picture.background()) : Pictures.read(image, picture);
        Rgb reconstruction =
            tile
                ? tessera.reconstructTiled(original, sweeps)
                : tessera.reconstruct(original, sweeps);
        Psnr psnr = new Psnr();
        psnr.add(original, reconstruction);
        session.out().printf(Locale.ROOT, "%s\t%.2f%n", image, psnr.decibels());
        originals.add(original);
        reconstructions.add(reconstruction);
      }
    }
    if (output.isFile()) {
      requireOneSize(output, originals);
      writeFile(output, originals, reconstructions);
    } else {
      for (int i = 0; i < images.size(); i++) {
        String name = String.format("%05d-%s.png", i, stem(images.get(i)));
        output.writeInFolder(name, reconstructions.get(i));
      }
    }
    return ExitCode.DONE;
  }

  private static void requireOneSize(PictureOutput output, List<Rgb> pictures) {
    Rgb first = pictures.get(0);
    if (pictures.stream()
        .anyMatch(one -> one.height() != first.height() || one.width() != first.width())) {
      throw new UsageException(
          "--out is "
              + output.path()
              + ", but pictures of unlike sizes go into a folder, not into one file");
    }
  }

  private void writeFile(PictureOutput output, List<Rgb> originals, List<Rgb> reconstructions)
      throws IOException {
    List<Rgb> pictures = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      if (images.size() > 1) {
        pictures.add(originals.get(i));
        names.add(stem(images.get(i)));
      }
      pictures.add(reconstructions.get(i));
      names.add("reconstructed");
    }
    output.writeFile(pictures, names, COLUMNS);
  }

  private static String stem(Path image) {
    String name = String.valueOf(image.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
