package dev.tessera.transformer.ranker;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.evaluation.measure.Ranks;
import dev.tessera.vqvae.caption.CaptionChoice;
import dev.tessera.vqvae.data.EvenlySpaced;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.PixelTransform;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.training.EpochOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Learns which pictures and captions belong together. What a place of the endless training sequence
 * holds depends on the seed and the place alone.
 *
 * <p>All pairs of a batch are held against each other: {@link WholeBatch} says how.
 */
public final class RankerTraining implements TrainingLoop.Task {
  /** The name of this stage in reports, logs and checkpoints. */
  public static final String STAGE = "ranker";

  private static final int MEASURED = 256;

  private final RankerConfig config;
  private final RankerTrainingConfig training;
  private final PreparedPictures pictures;
  private final Bpe tokenizer;
  private final PictureCodec codec;
  private final long seed;
  private final Execution execution;
  private final ParameterStore store;
  private final WholeBatch whole;
  private final Ranker ranker;
  private final EpochOrder order;
  private final CaptionChoice choice;
  private final int[] measured;
  private final boolean heldOut;

  /**
   * What a step trains on.
   *
   * @param pixels [B, H, W, 3], −1 to 1
   * @param texts [B·T]
   * @param groups [B], equal for pairs with the same text
   */
  private record Pairs(float[] pixels, int[] texts, int[] groups) {}

  /**
   * Prepares the training.
   *
   * @param pictures of the configured size, of which some have captions
   * @param tokenizer of the captions
   * @param codec makes pictures what its codebook can express; stays open
   * @param seed decides first weights, order and everything drawn
   * @param execution of training and of measuring on the way
   * @throws IllegalArgumentException if training sees no picture with a caption
   */
  public RankerTraining(
      RankerConfig config,
      RankerTrainingConfig training,
      PreparedPictures pictures,
      Bpe tokenizer,
      PictureCodec codec,
      long seed,
      Execution execution) {
    this.config = config;
    this.training = training;
    this.pictures = pictures;
    this.tokenizer = tokenizer;
    this.codec = codec;
    this.seed = seed;
    this.execution = execution;
    this.store = new ParameterStore(seed, DataType.FLOAT);
    this.order = new EpochOrder(captioned(pictures), seed, "ranker order");
    this.choice = new CaptionChoice(training.keywords());
    int[] all = pictures.measured(pictures.size());
    this.measured = EvenlySpaced.of(withCaption(pictures, all), MEASURED);
    this.heldOut = pictures.heldOut().length > 0;
    int replicas = Math.min(training.batch(), Runtime.getRuntime().availableProcessors());
    this.whole = new WholeBatch(config, store, execution, training.batch(), replicas);
    this.ranker = new Ranker(config, store, () -> execution);
  }

  /** The training pictures that have a caption, by the parts of the source. */
  private static List<PreparedPictures.Part> captioned(PreparedPictures pictures) {
    List<PreparedPictures.Part> parts = new ArrayList<>();
    for (PreparedPictures.Part part : pictures.trainingParts()) {
      int[] own = withCaption(pictures, part.pictures());
      parts.add(new PreparedPictures.Part(own, part.weight()));
    }
    if (EpochOrder.length(parts) == 0) {
      throw new IllegalArgumentException(
          "no picture that training sees has a caption, so there is nothing to rank by");
    }
    return parts;
  }

  private static int[] withCaption(PreparedPictures pictures, int[] which) {
    return Arrays.stream(which)
        .filter(picture -> !pictures.entry(picture).captions().isEmpty())
        .toArray();
  }

  /** Places of a pass over the training pictures that have a caption. */
  public int passLength() {
    return order.length();
  }

  /**
   * The loop that trains.
   *
   * @param runDigest identifies configuration and data
   */
  public TrainingLoop loop(byte[] runDigest, Checkpoints checkpoints, TrainingListener listener) {
    TrainingLoop.Options options =
        new TrainingLoop.Options(
            seed,
            training.rate(),
            training.optimiser(),
            execution,
            training.averageDecay(),
            1,
            training.evaluations(),
            runDigest);
    return new TrainingLoop(this, whole.plan(), store, options, checkpoints, listener);
  }

  @Override
  public String stage() {
    return STAGE;
  }

  @Override
  public TrainingLoop.Prepared prepare(long step) {
    int batch = training.batch();
    List<Rgb> shown = new ArrayList<>(batch);
    List<Integer> reconstructed = new ArrayList<>();
    List<String> captions = new ArrayList<>(batch);
    for (int i = 0; i < batch; i++) {
      long place = step * batch + i;
      int picture = order.at(place);
      PictureEntry entry = pictures.entry(picture);
      CounterRandom random = new CounterRandom(seed, "ranker pair", place);
      captions.add(choice.choose(entry.captions(), seed, picture, order.showing(place), random));
      if (random.nextDouble() < training.reconstructedShare()) {
        reconstructed.add(i);
      }
      Augmentation change = entry.allowed(training.augmentation());
      shown.add(change.apply(pictures.picture(picture), random));
    }
    List<Rgb> expressed = codec.reconstruct(reconstructed.stream().map(shown::get).toList());
    for (int i = 0; i < expressed.size(); i++) {
      shown.set(reconstructed.get(i), expressed.get(i));
    }
    Pairs pairs = pairs(shown, captions);
    return (plan, part, progress) -> whole.set(plan, pairs.pixels(), pairs.texts(), pairs.groups());
  }

  private Pairs pairs(List<Rgb> shown, List<String> captions) {
    float[] pixels = new float[shown.size() * config.pixels()];
    int[] texts = new int[shown.size() * config.textLength()];
    int[] groups = new int[shown.size()];
    Map<String, Integer> known = new HashMap<>();
    for (int i = 0; i < groups.length; i++) {
      PixelTransform.toFloats(shown.get(i).pixels(), pixels, i * config.pixels());
      config.write(tokenizer.encode(captions.get(i)), texts, i * config.textLength());
      groups[i] = known.computeIfAbsent(captions.get(i), caption -> known.size());
    }
    return new Pairs(pixels, texts, groups);
  }

  @Override
  public Map<String, Double> measure(long step) {
    double logScale = store.array(TwoTowers.LOG_SCALE).getDouble(0);
    return Map.of("scale", ContrastiveLoss.scale(logScale));
  }

  /** How often a caption's own picture is the first, or among five, of all that are measured. */
  @Override
  public TrainingLoop.Evaluation evaluate(long step) {
    String prefix = heldOut ? "heldOut" : "training";
    Map<String, Double> measures = new LinkedHashMap<>();
    if (measured.length < 2) {
      return new TrainingLoop.Evaluation(measures, Double.NaN);
    }
    List<Rgb> shown = Arrays.stream(measured).mapToObj(pictures::picture).toList();
    List<String> captions =
        Arrays.stream(measured).mapToObj(i -> pictures.entry(i).captions().get(0)).toList();
    float[][] ofPictures = ranker.pictures(shown);
    float[][] ofTexts = ranker.texts(captions.stream().map(tokenizer::encode).toList());
    double[][] scores = new double[measured.length][measured.length];
    for (int text = 0; text < measured.length; text++) {
      for (int picture = 0; picture < measured.length; picture++) {
        scores[text][picture] = Ranker.score(ofPictures[picture], ofTexts[text]);
      }
    }
    int[] right = new int[measured.length];
    Arrays.setAll(right, i -> i);
    Ranks ranks = Ranks.of(scores, right);
    measures.put(prefix + "PictureAt1", ranks.recallAt(1));
    measures.put(prefix + "PictureAt5", ranks.recallAt(5));
    int[] groups = pairs(shown, captions).groups();
    double logScale = store.array(TwoTowers.LOG_SCALE).getDouble(0);
    double loss = ContrastiveLoss.of(flat(ofPictures), flat(ofTexts), groups, logScale).loss();
    measures.put(prefix + "Loss", loss);
    return new TrainingLoop.Evaluation(measures, heldOut ? loss : Double.NaN);
  }

  private float[] flat(float[][] vectors) {
    float[] flat = new float[vectors.length * config.embedding()];
    for (int i = 0; i < vectors.length; i++) {
      System.arraycopy(vectors[i], 0, flat, i * config.embedding(), config.embedding());
    }
    return flat;
  }

  @Override
  public void close() {
    whole.close();
    ranker.close();
  }
}
