package dev.tessera.transformer.ranker;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.plan.SizedPlans;
import dev.tessera.vqvae.picture.PixelTransform;
import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Says how well pictures fit texts, with the weights of a store.
 *
 * <p>No score depends on what else is asked for. Safe to use on any number of threads; calls wait
 * for each other.
 */
public final class Ranker implements AutoCloseable {
  private final RankerConfig config;
  private final ParameterStore weights;
  private final Supplier<Execution> execution;
  private final SizedPlans pictures = new SizedPlans(tower(TwoTowers::pictures));
  private final SizedPlans texts = new SizedPlans(tower(TwoTowers::texts));
  private boolean closed;

  /**
   * A ranker that costs nothing until it is used: neither oneDNN nor ND4J is loaded before.
   *
   * @param weights trained, or still in training: what they are at each call counts
   * @param execution of the graphs, asked when one is built
   */
  public Ranker(RankerConfig config, ParameterStore weights, Supplier<Execution> execution) {
    this.config = config;
    this.weights = weights;
    this.execution = execution;
  }

  private ParallelPlan.Factory tower(Function<TwoTowers, GraphTensor> tower) {
    return (share, batch) -> {
      ModelGraph graph = new ModelGraph(weights, execution.get());
      return Plan.forward(graph, tower.apply(new TwoTowers(config, graph, share)));
    };
  }

  /**
   * The vectors of pictures.
   *
   * @param shown of the model's size
   * @return [pictures][E], each of length 1
   * @throws IllegalArgumentException if a picture has another size
   */
  public synchronized float[][] pictures(List<Rgb> shown) {
    requireOpen();
    float[][] vectors = new float[shown.size()][];
    pictures.forEachBatch(
        vectors.length,
        (plan, start, filled) -> {
          float[] pixels = new float[plan.length("pictures")];
          for (int i = 0; i < filled; i++) {
            byte[] rgb = requireSize(shown.get(start + i)).pixels();
            PixelTransform.toFloats(rgb, pixels, i * rgb.length);
          }
          plan.set("pictures", pixels);
          plan.run();
          read(plan.floats("pictureVectors"), vectors, start, filled);
        });
    return vectors;
  }

  /**
   * The vectors of texts.
   *
   * @param bpe tokens of each without the end; longer ones than the model's are cut
   * @return [texts][E], each of length 1
   */
  public synchronized float[][] texts(List<int[]> bpe) {
    requireOpen();
    float[][] vectors = new float[bpe.size()][];
    texts.forEachBatch(
        vectors.length,
        (plan, start, filled) -> {
          int[] slots = new int[plan.length("texts")];
          for (int i = 0; i < filled; i++) {
            config.write(bpe.get(start + i), slots, i * config.textLength());
          }
          plan.set("texts", slots);
          plan.run();
          read(plan.floats("textVectors"), vectors, start, filled);
        });
    return vectors;
  }

  /** Takes vectors out of a batch, and brings them to length 1 by sums in a fixed order. */
  private void read(float[] all, float[][] vectors, int start, int filled) {
    for (int i = 0; i < filled; i++) {
      int from = i * config.embedding();
      float[] vector = Arrays.copyOfRange(all, from, from + config.embedding());
      double length = Math.max(Math.sqrt(score(vector, vector)), Float.MIN_NORMAL);
      for (int j = 0; j < vector.length; j++) {
        vector[j] = (float) (vector[j] / length);
      }
      vectors[start + i] = vector;
    }
  }

  /**
   * How well each text fits the picture beside it.
   *
   * @param shown of the model's size
   * @param bpe tokens of as many texts, without the end
   * @return as many scores, −1 to 1
   */
  public double[] fits(List<Rgb> shown, List<int[]> bpe) {
    float[][] ofTexts = texts(bpe);
    float[][] ofPictures = pictures(shown);
    double[] scores = new double[ofTexts.length];
    Arrays.setAll(scores, i -> score(ofPictures[i], ofTexts[i]));
    return scores;
  }

  /**
   * How well each text fits one picture.
   *
   * @param shown of the model's size
   * @param bpe tokens of the texts, without the end
   * @return as many scores, −1 to 1
   */
  public double[] fits(Rgb shown, List<int[]> bpe) {
    float[] ofPicture = pictures(List.of(shown))[0];
    return Arrays.stream(texts(bpe)).mapToDouble(text -> score(ofPicture, text)).toArray();
  }

  /** How well a text fits a picture: the product of their vectors, −1 to 1. */
  public static double score(float[] picture, float[] text) {
    double cosine = 0;
    for (int i = 0; i < picture.length; i++) {
      cosine += (double) picture[i] * text[i];
    }
    return cosine;
  }

  private Rgb requireSize(Rgb picture) {
    if (picture.height() != config.pictureHeight() || picture.width() != config.pictureWidth()) {
      throw new IllegalArgumentException(
          String.format(
              "picture has %d×%d pixels, but the ranker's have %d×%d",
              picture.height(), picture.width(), config.pictureHeight(), config.pictureWidth()));
    }
    return picture;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the ranker is closed");
    }
  }

  /** Ends the threads of the plans; nothing can be ranked any more. */
  @Override
  public synchronized void close() {
    closed = true;
    pictures.close();
    texts.close();
  }
}
