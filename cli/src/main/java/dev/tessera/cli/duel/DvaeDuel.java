package dev.tessera.cli.duel;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.train.Budget;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.StepReport;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.measure.FidelityByGroup;
import dev.tessera.vqvae.model.CodeSearch;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.model.PictureEncoder;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.training.VqvaeTraining;
import dev.tessera.vqvae.training.VqvaeTrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Our stage 1 against the discrete auto-encoder of DALLE-pytorch: the same pictures, the same grid
 * of tokens, about as many parameters, and the same time; then ours for as many pictures as the
 * peer had seen in that time. Both are measured on the pictures held out, by the same code; ours
 * with the tokens that the encoder chooses, and again with those that a {@link CodeSearch} finds.
 *
 * @param model ours
 * @param training how ours learns
 * @param pictures for both
 * @param minutes for each
 * @param variants of the peer
 * @param klWeight of those variants that have a divergence
 * @param seed of both
 * @param sweeps of the search, 0 for none to {@value CodeSearch#MAXIMUM_SWEEPS}
 */
public record DvaeDuel(
    VqvaeConfig model,
    VqvaeTrainingConfig training,
    PreparedPictures pictures,
    double minutes,
    List<DvaePeer.Variant> variants,
    double klWeight,
    long seed,
    int sweeps) {
  /** How far the numbers of parameters may be apart, as a share of the peer's. */
  private static final double FAIR = 0.1;

  private static final double SECONDS = 60;

  public DvaeDuel {
    if (!(minutes > 0)) {
      throw new IllegalArgumentException("minutes is " + minutes + ", but must be above 0");
    }
    if (!(klWeight >= 0)) {
      throw new IllegalArgumentException("kl weight is " + klWeight + ", but must be 0 or more");
    }
    if (pictures.heldOut().length == 0) {
      throw new IllegalArgumentException("no picture is held out, so there is nothing to measure");
    }
    PictureConfig shape = model.picture();
    if (shape.height() != shape.width()) {
      throw new IllegalArgumentException("the peer takes square pictures only");
    }
    variants = List.copyOf(variants);
  }

  /**
   * The variants that words name.
   *
   * @throws IllegalArgumentException if one names none
   */
  public static List<DvaePeer.Variant> variants(List<String> words) {
    return words.stream().map(DvaePeer.Variant::named).toList();
  }

  /**
   * Has all sides train, one after another.
   *
   * @param command starts the peer
   * @param folder for files of the duel
   * @param stop whether to give up
   * @param told of each side that is done
   * @throws IOException if the peer fails, or the numbers of parameters are not alike
   */
  public List<Contender> fight(
      String command, Path folder, BooleanSupplier stop, Consumer<Contender> told)
      throws IOException {
    RawPictures.write(folder.resolve(DvaePeer.TRAINING), pictures, pictures.training());
    RawPictures.write(folder.resolve(DvaePeer.HELD_OUT), pictures, pictures.heldOut());
    List<Rgb> originals = new ArrayList<>();
    for (int picture : pictures.heldOut()) {
      originals.add(pictures.picture(picture));
    }
    Runnable checkpoint =
        () -> {
          if (stop.getAsBoolean()) {
            throw new CancellationException("interrupted");
          }
        };
    List<Contender> contenders = new ArrayList<>();
    Consumer<Contender> done = contenders::add;
    Consumer<Contender> both = done.andThen(told);
    DvaePeer peer = new DvaePeer(command, folder);
    long seen = 0;
    for (DvaePeer.Variant variant : variants) {
      Contender other =
          peer.train(
              variant, klWeight, minutes * SECONDS, seed, model.picture(), originals, checkpoint);
      seen = Math.max(seen, other.pictures());
      both.accept(other);
    }
    Path checkpoints = folder.resolve("checkpoints");
    Budget time = new Budget.Time(minutes * SECONDS);
    ours("Tessera, equal time", time, checkpoints.resolve("time"), stop).forEach(both);
    if (seen > 0) {
      Budget pictures = new Budget.Steps(Math.max(1, seen / training.batch()));
      ours("Tessera, equal pictures", pictures, checkpoints.resolve("pictures"), stop)
          .forEach(both);
    }
    requireFair(contenders);
    return contenders;
  }

  /** Trains ours; with the encoder's tokens and with those of a search. */
  private List<Contender> ours(String name, Budget budget, Path checkpoints, BooleanSupplier stop)
      throws IOException {
    VqvaeTraining task =
        new VqvaeTraining(
            model, training, pictures, seed, Execution.best(), (step, before, after) -> {});
    double[] seconds = new double[1];
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void step(StepReport report) {
            seconds[0] = report.seconds();
          }
        };
    try (TrainingLoop loop =
        task.loop(1, new byte[] {0}, new Checkpoints(checkpoints, 1), listener)) {
      if (!loop.run(budget, stop)) {
        throw new CancellationException("interrupted");
      }
      ParameterStore weights = new ParameterStore(loop.lastWeights());
      try (PictureCodec codec = new PictureCodec(model, weights, Execution.best())) {
        List<Contender> both = new ArrayList<>();
        for (int tried : IntStream.of(0, sweeps).distinct().toArray()) {
          PictureEncoder encoder = new CodeSearch(codec, tried);
          FidelityByGroup measured =
              FidelityByGroup.of(codec, encoder, pictures, pictures.heldOut(), entry -> "");
          both.add(
              new Contender(
                  tried == 0 ? name : name + ", searched",
                  weights.length(), // known once a graph has asked for them
                  loop.steps() * training.batch(),
                  seconds[0],
                  measured.all()));
        }
        return both;
      }
    }
  }

  private static void requireFair(List<Contender> contenders) throws IOException {
    long first = contenders.get(0).parameters();
    for (Contender contender : contenders) {
      if (Math.abs(contender.parameters() - first) > FAIR * first) {
        throw new IOException(
            String.format(
                "%s has %d parameters, but %s has %d: that is no fair comparison",
                contender.name(), contender.parameters(), contenders.get(0).name(), first));
      }
    }
  }
}
