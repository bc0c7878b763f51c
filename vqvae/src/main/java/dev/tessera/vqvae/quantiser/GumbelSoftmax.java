package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.random.GumbelNoise;
import java.util.Optional;

/**
 * The discrete variational auto-encoder of DALL-E (Ramesh et al., 2021, section 2.1 and appendix
 * A): the encoder gives log-probabilities over the codes; while training the decoder gets a mixture
 * of codes, sampled with Gumbel noise and sharpened by a falling temperature (Jang et al., ICLR
 * 2017); afterwards the most probable code is taken.
 *
 * @param codebookSize K, 2 to 65,536
 * @param codeChannels C, 1 to 4,096
 * @param startTemperature of the softmax at the start, above 0
 * @param endTemperature at the end, above 0; falls geometrically over the first three quarters
 * @param klWeight weight of the divergence from uniform codes, in nats per picture; 0 or more;
 *     rises linearly over the first tenth of training
 * @param revivalShare of the mean use, below which the logit of a code is raised, 0 (never) to
 *     below 1; see {@link CodeBiases}. The paper has no such thing: at its size codes are not lost
 */
public record GumbelSoftmax(
    int codebookSize,
    int codeChannels,
    double startTemperature,
    double endTemperature,
    double klWeight,
    double revivalShare)
    implements Quantiser {
  private static final String TEMPERATURE = "quantiser/inverseTemperature";
  private static final String KL_WEIGHT = "quantiser/klWeight";
  private static final String NOISE = "quantiser/noise";
  private static final String CODEBOOK = "quantiser/codebook";
  private static final double ANNEALED_AT = 0.75;
  private static final double KL_RAMP = 0.1;

  public GumbelSoftmax {
    if (codebookSize < 2 || codebookSize > 1 << 16) {
      throw new IllegalArgumentException(
          "codebook size is " + codebookSize + ", but must be 2 to " + (1 << 16));
    }
    if (codeChannels < 1 || codeChannels > 4096) {
      throw new IllegalArgumentException(
          "code channels is " + codeChannels + ", but must be 1 to 4096");
    }
    requirePositive("start temperature", startTemperature);
    requirePositive("end temperature", endTemperature);
    requireWeight("KL weight", klWeight);
    if (!(revivalShare >= 0 && revivalShare < 1)) {
      throw new IllegalArgumentException(
          "revival share is " + revivalShare + ", but must be 0 to below 1");
    }
  }

  private static void requireWeight(String name, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be 0 or more");
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0 && value < 100)) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be above 0 to 100");
    }
  }

  @Override
  public int inputChannels() {
    return codebookSize;
  }

  @Override
  public Quantised quantise(ModelGraph graph, GraphTensor vectors, int pictures, int step) {
    Ops ops = graph.ops();
    GraphTensor logits = biased(graph, vectors);
    GraphTensor noise = graph.placeholder(NOISE, vectors.shape());
    GraphTensor sharpness = graph.placeholder(TEMPERATURE, 1);
    GraphTensor sharpened = ops.multiplyScalar(ops.add(logits, noise), sharpness);
    GraphTensor codes = ops.project(ops.softmax(sharpened), learned(graph));
    GraphTensor klWeight = graph.placeholder(KL_WEIGHT, 1);
    GraphTensor penalty = ops.multiplyScalar(divergence(ops, logits, step), klWeight);
    return new Quantised(codes, Optional.of(penalty), Optional.empty());
  }

  /**
   * KL(q ‖ uniform) in nats, summed over a picture's vectors and averaged over the pictures of the
   * batch (not over vectors and batch alike, which would make it depend on the batch size).
   */
  private GraphTensor divergence(Ops ops, GraphTensor logits, int pictures) {
    GraphTensor logProbabilities = ops.logSoftmax(logits);
    GraphTensor excess = ops.affine(logProbabilities, 1, Math.log(codebookSize));
    GraphTensor sum = ops.sum(ops.multiply(ops.softmax(logits), excess));
    return ops.affine(sum, 1.0 / pictures, 0).named("quantiser/divergence");
  }

  @Override
  public GraphTensor selection(ModelGraph graph, GraphTensor vectors) {
    return biased(graph, vectors);
  }

  private GraphTensor biased(ModelGraph graph, GraphTensor vectors) {
    return revivalShare > 0
        ? graph.ops().addRow(vectors, CodeBiases.of(graph, codebookSize))
        : vectors;
  }

  @Override
  public int code(float[] selection, int row) {
    int best = 0;
    for (int k = 1; k < codebookSize; k++) {
      if (selection[row * codebookSize + k] > selection[row * codebookSize + best]) {
        best = k;
      }
    }
    return best;
  }

  @Override
  public void declare(ModelGraph graph) {
    learned(graph);
    if (revivalShare > 0) {
      CodeBiases.of(graph, codebookSize);
    }
  }

  private GraphTensor learned(ModelGraph graph) {
    return graph.parameter(CODEBOOK, Initialiser.normal(1), codebookSize, codeChannels);
  }

  @Override
  public float[] codebook(ParameterStore weights) {
    return HostCopy.floats(weights.array(CODEBOOK));
  }

  @Override
  public float[] noise(long seed, long step, int vectors) {
    CounterRandom random = new CounterRandom(seed, "gumbel noise", step);
    float[] noise = new float[Math.multiplyExact(vectors, codebookSize)];
    GumbelNoise.fill(noise, random);
    return noise;
  }

  @Override
  public void set(ParallelPlan plan, float[] noise, int firstVector, double progress) {
    double annealed = Math.min(1, progress / ANNEALED_AT);
    double temperature = startTemperature * Math.pow(endTemperature / startTemperature, annealed);
    plan.set(TEMPERATURE, new float[] {(float) (1 / temperature)});
    double weight = klWeight * Math.min(1, progress / KL_RAMP);
    plan.set(KL_WEIGHT, new float[] {(float) weight});
    plan.set(NOISE, noise, firstVector * codebookSize);
  }

  @Override
  public Optional<CodebookLearner> learner(ParameterStore store, long seed) {
    return revivalShare > 0
        ? Optional.of(new CodeBiases(codebookSize, revivalShare, store))
        : Optional.empty();
  }
}
