package dev.tessera.transformer.ranker;

import dev.tessera.TinyModel;
import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.vqvae.caption.Keywords;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Squares of 16×16 pixels in eight colours, each with the name of its colour. */
public final class ColouredPairs {
  static final List<String> NAMES =
      List.of("black", "red", "green", "blue", "yellow", "pink", "cyan", "white");
  private static final int[] COLOURS = {
    0x000000, 0xE01010, 0x10C010, 0x1010E0, 0xE0E010, 0xE010E0, 0x10E0E0, 0xF0F0F0
  };

  private ColouredPairs() {}

  /** A model whose tokenizer and stage 1 are used; its pictures have 16×16 pixels. */
  static Bundle model() {
    return TinyModel.decided(2);
  }

  /** Picture number {@code shade} of a colour. */
  static Rgb picture(int colour, int shade) {
    Rgb picture = Rgb.solid(16, 16, COLOURS[colour]);
    // A frame that tells apart pictures of one colour.
    for (int column = 0; column < 16; column++) {
      picture.pixels()[3 * column] = (byte) (20 * shade);
    }
    return picture;
  }

  /** Writes pictures and captions into a folder. */
  public static void write(Path folder, int shades) throws IOException {
    Files.createDirectories(folder);
    for (int colour = 0; colour < NAMES.size(); colour++) {
      for (int shade = 0; shade < shades; shade++) {
        String name = NAMES.get(colour) + shade;
        Png.write(folder.resolve(name + ".png"), picture(colour, shade));
        Files.writeString(folder.resolve(name + ".txt"), NAMES.get(colour));
      }
    }
  }

  static PreparedPictures prepared(Path folder) throws IOException {
    write(folder.resolve("pictures"), 5);
    return PreparedPictures.prepare(
        PictureSource.parse(folder.resolve("pictures").toString()),
        PictureConfig.square(16),
        folder.resolve("cache"),
        new PrepareOptions(0, 0.25, 0),
        PrepareListener.NONE);
  }

  static RankerTrainingConfig training(int batch) {
    return new RankerTrainingConfig(
        batch,
        new LearningRate(3e-3, 3, 0.5, LearningRate.Decay.LINEAR, 0),
        new Optimiser.Options(0.9, 0.98, 0.01, 1),
        0.8,
        0.25,
        new Augmentation(1, false, 1, 0, 0),
        Keywords.AS_WRITTEN,
        1);
  }

  static RankerConfig config(Bundle model) {
    Bundle.Stage2 stage2 = model.stage2().orElseThrow();
    return new RankerConfig(16, 16, stage2.tokenizer().vocabularySize(), 8, 8, 16, 1, 2, 16);
  }

  static PictureCodec codec(Bundle model) {
    return new PictureCodec(
        model.vqvae(), new ParameterStore(model.vqvaeWeights()), Execution.fused());
  }
}
