package dev.tessera.vqvae.training;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.engine.train.Budget;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.measure.CodebookUsage;
import dev.tessera.vqvae.measure.Psnr;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A short training of stage 1 that shows whether the codebook is used.
 *
 * @param usage share of the codes that some picture of the training set has, 0 to 1
 * @param perplexity of the codes of held-out pictures
 * @param psnr of held-out pictures in dB
 * @param seconds of the training
 */
public record CollapseTrial(double usage, double perplexity, double psnr, double seconds) {

  /**
   * Trains and measures.
   *
   * @param pictures of which some are held out
   * @param seed of everything drawn
   * @param steps of the training
   */
  public static CollapseTrial run(
      VqvaeConfig config,
      VqvaeTrainingConfig training,
      PreparedPictures pictures,
      long seed,
      Execution execution,
      long steps)
      throws IOException {
    if (pictures.heldOut().length == 0) {
      throw new IllegalArgumentException("no pictures are held out, but perplexity is theirs");
    }
    VqvaeTraining task =
        new VqvaeTraining(
            config, training, pictures, seed, execution, (step, shown, reconstructed) -> {});
    Path folder = Files.createTempDirectory("tessera-collapse");
    try (TrainingLoop loop =
        task.loop(1, new byte[0], new Checkpoints(folder, 1), new TrainingListener() {})) {
      loop.run(new Budget.Steps(steps), () -> false);
      return measured(config, loop.lastWeights(), pictures, execution, loop.seconds());
    } finally {
      AtomicFiles.deleteDirectory(folder);
    }
  }

  private static CollapseTrial measured(
      VqvaeConfig config,
      TensorMap weights,
      PreparedPictures pictures,
      Execution execution,
      double seconds) {
    CodebookUsage seen = new CodebookUsage(config.quantiser().codebookSize());
    CodebookUsage heldOut = new CodebookUsage(config.quantiser().codebookSize());
    Psnr psnr = new Psnr();
    try (PictureCodec codec = new PictureCodec(config, new ParameterStore(weights), execution)) {
      int[] training = pictures.training();
      for (int[] codes : codec.encode(training.length, i -> pictures.picture(training[i]))) {
        seen.add(codes);
      }
      int[] others = pictures.heldOut();
      int[][] codes = codec.encode(others.length, i -> pictures.picture(others[i]));
      List<Rgb> reconstructions = codec.decode(codes);
      for (int i = 0; i < others.length; i++) {
        heldOut.add(codes[i]);
        psnr.add(pictures.picture(others[i]), reconstructions.get(i));
      }
    }
    return new CollapseTrial(seen.used(), heldOut.perplexity(), psnr.decibels(), seconds);
  }
}
