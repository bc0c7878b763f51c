package dev.tessera.transformer.evaluation.classifier;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.plan.SizedPlans;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.train.ExponentialMovingAverage;
import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.transformer.evaluation.feature.Softening;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.training.EpochOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Names which of its labels a picture bears. The same pictures, labels and seed make the same
 * classifier on the same machine.
 *
 * <p>Not thread-safe.
 */
public final class PictureClassifier implements AutoCloseable {
  /** Pictures of a step. */
  public static final int BATCH = 64;

  private static final double AVERAGE_DECAY = 0.99;
  private static final LearningRate RATE =
      new LearningRate(2e-3, 50, 0, LearningRate.Decay.COSINE, 0.02);
  private static final Optimiser.Options OPTIMISER = new Optimiser.Options(0.9, 0.98, 0.1, 1);

  private final List<String> labels;
  private final ClassifierNetwork network;
  private final ParameterStore store;
  private final SizedPlans plans;

  /**
   * How a classifier learns.
   *
   * @param steps of {@value #BATCH} pictures each, at least 1
   * @param augmentation of every picture at every step
   */
  public record Recipe(int steps, Augmentation augmentation) {
    public Recipe {
      if (steps < 1) {
        throw new IllegalArgumentException("steps is " + steps + ", but must be 1 or more");
      }
    }
  }

  /** Is told how far learning has come. */
  @FunctionalInterface
  public interface Progress {
    void at(int step, int steps);
  }

  private PictureClassifier(
      List<String> labels, ClassifierNetwork network, long seed, Execution execution) {
    this.labels = labels;
    this.network = network;
    this.store = new ParameterStore(seed, DataType.FLOAT);
    this.plans = new SizedPlans((share, batch) -> forward(share, execution));
  }

  private Plan forward(int share, Execution execution) {
    ModelGraph graph = new ModelGraph(store, execution);
    return Plan.forward(graph, network.logits(graph, share));
  }

  /**
   * Learns from labelled pictures.
   *
   * @param pictures of one size, at least one
   * @param labels of each
   * @param seed of first weights, order and everything drawn
   * @throws IllegalArgumentException if there are no pictures, or as many labels as pictures are
   *     not given
   */
  public static PictureClassifier learn(
      List<Rgb> pictures,
      List<String> labels,
      Recipe recipe,
      long seed,
      Execution execution,
      Progress progress) {
    if (pictures.isEmpty() || pictures.size() != labels.size()) {
      throw new IllegalArgumentException(
          String.format(
              "%d pictures with %d labels, but a classifier needs one or more, each with a label",
              pictures.size(), labels.size()));
    }
    List<String> names = labels.stream().distinct().sorted().toList();
    Rgb first = pictures.get(0);
    PictureClassifier classifier =
        new PictureClassifier(
            names,
            new ClassifierNetwork(first.height(), first.width(), names.size()),
            seed,
            execution);
    int[] targets = labels.stream().mapToInt(names::indexOf).toArray();
    classifier.learn(pictures, targets, recipe, seed, execution, progress);
    return classifier;
  }

  private void learn(
      List<Rgb> pictures,
      int[] targets,
      Recipe recipe,
      long seed,
      Execution execution,
      Progress progress) {
    EpochOrder order =
        new EpochOrder(IntStream.range(0, targets.length).toArray(), seed, "classifier order");
    int size = network.height() * network.width() * ColourSteps.CHANNELS;
    float[] pixels = new float[BATCH * size];
    int[] wanted = new int[BATCH];
    try (ParallelPlan plan = new ParallelPlan(BATCH, (share, all) -> loss(share, all, execution))) {
      ExponentialMovingAverage average = new ExponentialMovingAverage(AVERAGE_DECAY, store);
      Optimiser optimiser = new Optimiser(OPTIMISER, store, plan, store.trainable(), average);
      for (int step = 0; step < recipe.steps(); step++) {
        progress.at(step, recipe.steps());
        for (int i = 0; i < BATCH; i++) {
          long place = (long) step * BATCH + i;
          int picture = order.at(place);
          CounterRandom random = new CounterRandom(seed, "classifier picture", place);
          Rgb shown = recipe.augmentation().apply(pictures.get(picture), random);
          shown = random.nextBoolean() ? Softening.of(shown, random) : shown;
          ColourSteps.write(shown, pixels, i * size);
          wanted[i] = targets[picture];
        }
        plan.set("pictures", pixels, 0);
        plan.set("labels", wanted);
        plan.run();
        optimiser.step(step, RATE.at(step, (double) step / recipe.steps()));
      }
      store.load(average.toTensors());
      progress.at(recipe.steps(), recipe.steps());
    }
  }

  private Plan loss(int share, int batch, Execution execution) {
    ModelGraph graph = new ModelGraph(store, execution);
    GraphTensor logits = network.logits(graph, share);
    GraphTensor losses = graph.ops().softmaxCrossEntropy(logits, graph.indices("labels", share));
    GraphTensor loss = graph.ops().affine(graph.ops().sum(losses), 1.0 / batch, 0);
    return Plan.training(graph, loss.named("loss"), graph.parameters());
  }

  /** What it chooses among, in alphabetical order. */
  public List<String> labels() {
    return labels;
  }

  /**
   * How probable each label is.
   *
   * @param pictures of the size learned from
   * @return [pictures][labels], each row summing to 1
   */
  public double[][] probabilities(List<Rgb> pictures) {
    double[][] all = new double[pictures.size()][];
    int size = network.height() * network.width() * ColourSteps.CHANNELS;
    plans.forEachBatch(
        all.length,
        (plan, start, filled) -> {
          float[] pixels = new float[plan.length("pictures")];
          for (int i = 0; i < filled; i++) {
            ColourSteps.write(pictures.get(start + i), pixels, i * size);
          }
          plan.set("pictures", pixels);
          plan.run();
          float[] logits = plan.floats("logits");
          for (int i = 0; i < filled; i++) {
            all[start + i] = softmax(logits, i * labels.size());
          }
        });
    return all;
  }

  /** The most probable label of each picture. */
  public List<String> best(List<Rgb> pictures) {
    return Arrays.stream(probabilities(pictures)).map(this::best).toList();
  }

  private String best(double[] probabilities) {
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    return labels.get(best);
  }

  private double[] softmax(float[] logits, int from) {
    double[] row = new double[labels.size()];
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < row.length; i++) {
      highest = Math.max(highest, logits[from + i]);
    }
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      row[i] = Math.exp(logits[from + i] - highest);
      sum += row[i];
    }
    for (int i = 0; i < row.length; i++) {
      row[i] /= sum;
    }
    return row;
  }

  /** Ends the threads of the plans; nothing can be asked any more. */
  @Override
  public void close() {
    plans.close();
  }
}
