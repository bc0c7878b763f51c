package dev.tessera.cli.bench;

import dev.tessera.cli.config.ShippedConfigs;
import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.training.VqvaeTraining;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is done to have a batch of stage 1 ready, on the one thread that does it beside training:
 * pictures are read from the cache, changed at random as the default configuration says, and become
 * numbers. Must take less than half of the step that the batch is for.
 */
final class Loading implements Workload {
  /** Pictures of the set; every pass over them has another order. */
  private static final int PICTURES = 512;

  private final Path folder;
  private final VqvaeTraining training;
  private long step;

  /**
   * @param side of the pictures, in pixels
   */
  Loading(int side, Execution execution) {
    try {
      folder = Files.createTempDirectory("tessera-loading");
      RunConfig config = ShippedConfigs.find(ShippedConfigs.DEFAULT);
      PictureConfig square = PictureConfig.square(side);
      training =
          new VqvaeTraining(
              config.vqvae().withPicture(square),
              config.vqvaeTraining(),
              pictures(folder, square),
              1,
              execution,
              (steps, originals, reconstructions) -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PreparedPictures pictures(Path folder, PictureConfig config) throws IOException {
    Path source = Files.createDirectory(folder.resolve("pictures"));
    for (int i = 0; i < PICTURES; i++) {
      byte[] pixels = new byte[config.bytes()];
      CounterRandom random = new CounterRandom(1, "bench pictures", i);
      random.nextBytes(pixels);
      Png.write(source.resolve(i + ".png"), new Rgb(config.height(), config.width(), pixels));
    }
    return PreparedPictures.prepare(
        PictureSource.parse(source.toString()),
        config,
        folder.resolve("cache"),
        new PrepareOptions(0, 0, 0),
        PrepareListener.NONE);
  }

  @Override
  public void step() {
    training.prepare(step++);
  }

  @Override
  public void close() {
    training.close();
    try {
      AtomicFiles.deleteDirectory(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
