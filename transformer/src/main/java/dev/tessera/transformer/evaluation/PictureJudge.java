package dev.tessera.transformer.evaluation;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.evaluation.feature.AreaAverage;
import dev.tessera.transformer.evaluation.feature.ConceptProbe;
import dev.tessera.transformer.evaluation.feature.FeatureSpace;
import dev.tessera.transformer.evaluation.feature.NearestNeighbours;
import dev.tessera.transformer.evaluation.feature.PictureDescriptor;
import dev.tessera.transformer.evaluation.feature.PictureLabels;
import dev.tessera.transformer.evaluation.feature.WordProbe;
import dev.tessera.transformer.evaluation.measure.FrechetDistance;
import dev.tessera.vqvae.data.EvenlySpaced;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Who judges the samples of models: all that is learned from the real pictures of a source, apart
 * from any model. One judge serves all models that are compared on one source at one picture size.
 *
 * <p>Not thread-safe.
 */
public final class PictureJudge implements AutoCloseable {
  /** Cells along each side of what pictures are compared by as pixels. */
  static final int THUMBNAIL = 16;

  /** More pictures would not make styles easier to tell. */
  private static final int STYLE_EXAMPLES = 8000;

  private final int[] measured;
  private final int[] training;
  private final MeasuredPictures heldOut;
  private final PreparedPictures pictures;
  private final FeatureSpace space;
  private final double[][] trainingFeatures;
  private final NearestNeighbours byFeatures;
  private final NearestNeighbours byPixels;
  private final FrechetDistance frechet;
  private final Optional<ConceptProbe> concepts;
  private final Optional<StyleJudge> styles;
  private final Optional<WordProbe> words;
  private final Look real;
  private final long seed;

  /**
   * What the judge sees of pictures.
   *
   * @param descriptors [n][D]
   * @param styles [n][styles], how probable each is; [n][0] if none are known
   * @param features [n][d]
   * @param thumbnails [n][768], so that Euclidean distances are root mean squared differences
   */
  record Look(
      double[][] descriptors, double[][] styles, double[][] features, double[][] thumbnails) {}

  private PictureJudge(
      PreparedPictures pictures, EvaluationSettings settings, EvaluationListener listener) {
    this.pictures = pictures;
    this.seed = settings.seed();
    this.measured = pictures.measured(settings.pictures());
    this.training = EvenlySpaced.of(pictures.training(), settings.trainingPictures());
    PictureLabels labels = PictureLabels.of(pictures);
    MeasuredPictures known = MeasuredPictures.of(pictures, training, labels);
    this.heldOut = MeasuredPictures.of(pictures, measured, labels);
    String phase = "learning to judge";
    double[][] descriptors = new double[training.length][];
    double[][] thumbnails = new double[training.length][];
    for (int i = 0; i < training.length; i++) {
      listener.progress(phase, i, training.length);
      descriptors[i] = PictureDescriptor.of(known.pictures().get(i));
      thumbnails[i] = thumbnail(known.pictures().get(i));
    }
    this.space = FeatureSpace.learn(descriptors, known.concepts());
    this.trainingFeatures =
        Arrays.stream(descriptors).map(space.projection()::apply).toArray(double[][]::new);
    this.byFeatures = new NearestNeighbours(trainingFeatures);
    this.byPixels = new NearestNeighbours(thumbnails);
    this.frechet = new FrechetDistance(trainingFeatures);
    this.concepts = conceptProbe(known);
    int[] some = EvenlySpaced.indices(training.length, STYLE_EXAMPLES);
    this.styles =
        StyleJudge.learn(
            pick(known.pictures(), some),
            pick(known.styles(), some),
            seed,
            (step, steps) -> listener.progress("learning styles", step, steps));
    this.words =
        concepts.isPresent()
            ? Optional.empty()
            : WordProbe.learn(pick(descriptors, some), pick(known.captions(), some), seed);
    this.real = look(heldOut.pictures());
    listener.progress(phase, training.length, training.length);
  }

  /**
   * Learns from the training pictures of a set.
   *
   * @throws IllegalArgumentException if the set has fewer than two training pictures
   */
  public static PictureJudge learn(
      PreparedPictures pictures, EvaluationSettings settings, EvaluationListener listener) {
    if (pictures.training().length < 2) {
      throw new IllegalArgumentException(
          "the source has "
              + pictures.training().length
              + " training pictures, but judging needs 2 at least");
    }
    return new PictureJudge(pictures, settings, listener);
  }

  private Optional<ConceptProbe> conceptProbe(MeasuredPictures known) {
    HashSet<String> names = new HashSet<>(known.concepts());
    names.remove("");
    return names.size() < 2
        ? Optional.empty()
        : Optional.of(ConceptProbe.learn(trainingFeatures, known.concepts()));
  }

  private static double[][] pick(double[][] rows, int[] which) {
    return Arrays.stream(which).mapToObj(i -> rows[i]).toArray(double[][]::new);
  }

  private static <T> List<T> pick(List<T> all, int[] which) {
    return Arrays.stream(which).mapToObj(all::get).toList();
  }

  private static double[] thumbnail(Rgb picture) {
    double[] means = AreaAverage.of(picture, THUMBNAIL);
    double scale = 1 / Math.sqrt(means.length);
    for (int i = 0; i < means.length; i++) {
      means[i] *= scale;
    }
    return means;
  }

  /** Looks at pictures. */
  Look look(List<Rgb> shown) {
    double[][] descriptors = shown.stream().map(PictureDescriptor::of).toArray(double[][]::new);
    return new Look(
        descriptors,
        styles.map(it -> it.look(shown)).orElseGet(() -> new double[shown.size()][0]),
        Arrays.stream(descriptors).map(space.projection()::apply).toArray(double[][]::new),
        shown.stream().map(PictureJudge::thumbnail).toArray(double[][]::new));
  }

  /** Features of training pictures, as many as asked for at most, drawn by the seed. */
  double[][] someTraining(int most) {
    int[] order = new CounterRandom(seed, "reference", 0).permutation(trainingFeatures.length);
    return pick(trainingFeatures, Arrays.copyOf(order, Math.min(most, order.length)));
  }

  /** The set that is judged on. */
  PreparedPictures pictures() {
    return pictures;
  }

  /** Numbers of the measured pictures in the set. */
  int[] measured() {
    return measured.clone();
  }

  /** Numbers in the set of the training pictures that were learned from. */
  int[] training() {
    return training.clone();
  }

  /** The measured pictures. */
  MeasuredPictures heldOut() {
    return heldOut;
  }

  /** What the judge sees of the measured pictures. */
  Look real() {
    return real;
  }

  /** Where features lie. */
  public FeatureSpace space() {
    return space;
  }

  NearestNeighbours byFeatures() {
    return byFeatures;
  }

  NearestNeighbours byPixels() {
    return byPixels;
  }

  FrechetDistance frechet() {
    return frechet;
  }

  Optional<ConceptProbe> concepts() {
    return concepts;
  }

  Optional<StyleJudge> styles() {
    return styles;
  }

  Optional<WordProbe> words() {
    return words;
  }

  /** Ends the threads of what names styles; the judge can look at nothing any more. */
  @Override
  public void close() {
    styles.ifPresent(StyleJudge::close);
  }
}
