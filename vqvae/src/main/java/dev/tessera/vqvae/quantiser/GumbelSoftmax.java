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
 */
public record GumbelSoftmax(
    int codebookSize,
    int codeChannels,
    double startTemperature,
    double endTemperature,
    double klWeight)
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
    if (!(klWeight >= 0)) {
      throw new IllegalArgumentException("KL weight is " + klWeight + ", but must be 0 or more");
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
  public Quantised quantise(ModelGraph graph, GraphTensor vectors, int pictures) {
    Ops ops = graph.ops();
    GraphTensor noise = graph.placeholder(NOISE, vectors.shape());
    GraphTensor sharpness = graph.placeholder(TEMPERATURE, 1);
    GraphTensor logits = ops.multiplyScalar(ops.add(vectors, noise), sharpness);
    GraphTensor codes = ops.project(ops.softmax(logits), learned(graph));
    GraphTensor klWeight = graph.placeholder(KL_WEIGHT, 1);
    GraphTensor penalty = ops.multiplyScalar(divergence(ops, vectors, pictures), klWeight);
    return new Quantised(codes, Optional.of(penalty));
  }

  /**
   * KL(q ‖ uniform) in nats, summed over a picture's vectors and averaged over the pictures of the
   * batch (not over vectors and batch alike, which would make it depend on the batch size).
   */
  private GraphTensor divergence(Ops ops, GraphTensor vectors, int pictures) {
    GraphTensor logProbabilities = ops.logSoftmax(vectors);
    GraphTensor excess = ops.affine(logProbabilities, 1, Math.log(codebookSize));
    GraphTensor sum = ops.sum(ops.multiply(ops.softmax(vectors), excess));
    return ops.affine(sum, 1.0 / pictures, 0).named("quantiser/divergence");
  }

  @Override
  public GraphTensor selection(ModelGraph graph, GraphTensor vectors) {
    return vectors;
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
}
