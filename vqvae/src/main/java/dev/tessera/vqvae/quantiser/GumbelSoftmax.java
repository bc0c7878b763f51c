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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The discrete variational auto-encoder of DALL-E (Ramesh et al., 2021, section 2.1 and appendix
 * A): the encoder gives log-probabilities over the codes; while training the decoder gets a mixture
 * of codes, sampled with Gumbel noise and sharpened by a falling temperature (Jang et al., ICLR
 * 2017); afterwards the most probable code is taken.
 *
 * <p>At DALL-E's size that is enough. Small models find out which few codes survive the noise, and
 * give up the others. Two things keep the codes in use: {@link Logits#DISTANCES}, by which the
 * noise confuses only codes that look alike, and a penalty of uneven use.
 *
 * @param codebookSize K, 2 to 65,536
 * @param codeChannels C, 1 to 4,096
 * @param startTemperature of the softmax at the start, above 0
 * @param endTemperature at the end, above 0; falls geometrically over the first three quarters
 * @param klWeight weight of the divergence from uniform codes, in nats per picture; 0 or more;
 *     rises linearly over the first tenth of training
 * @param revivalShare of the mean use, below which the logit of a code is raised, 0 (never) to
 *     below 1; see {@link CodeBiases}. The paper has no such thing: at its size codes are not lost
 * @param usageWeight weight of the penalty of uneven use, in nats per vector; 0 (none) or more. As
 *     the diversity loss of wav2vec 2.0 (Baevski et al., 2020, section 3.2) it wants all codes to
 *     be used alike, and unlike the divergence not each vector to be uncertain; see {@link
 *     CodeShares}
 * @param logits what they are made of
 */
public record GumbelSoftmax(
    int codebookSize,
    int codeChannels,
    double startTemperature,
    double endTemperature,
    double klWeight,
    double revivalShare,
    double usageWeight,
    Logits logits)
    implements Quantiser {
  private static final String TEMPERATURE = "quantiser/inverseTemperature";
  private static final String KL_WEIGHT = "quantiser/klWeight";
  private static final String NOISE = "quantiser/noise";
  private static final String CODEBOOK = "quantiser/codebook";
  private static final double ANNEALED_AT = 0.75;
  private static final double KL_RAMP = 0.1;

  /** Where the log-probabilities of codes come from. */
  public enum Logits {
    /** The encoder's last layer has one channel for each code, as in DALL-E. */
    FREE,
    /**
     * −‖z − eₖ‖² / 2 for the encoder's vector z and the codebook's rows eₖ (Takida et al.,
     * <i>SQ-VAE: variational Bayes on discrete representation with self-annealed stochastic
     * quantization</i>, ICML 2022, section 3; the lengths of z and eₖ take the part of its
     * variance). Codes that the noise confuses then look alike to the decoder, and a code that is
     * moved is also found elsewhere.
     */
    DISTANCES
  }

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
    requireWeight("usage weight", usageWeight);
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
    return switch (logits) {
      case FREE -> codebookSize;
      case DISTANCES -> codeChannels;
    };
  }

  @Override
  public Quantised quantise(ModelGraph graph, GraphTensor vectors, int pictures, int step) {
    Ops ops = graph.ops();
    GraphTensor scores = selection(graph, vectors);
    GraphTensor noise = graph.placeholder(NOISE, scores.shape());
    GraphTensor sharpness = graph.placeholder(TEMPERATURE, 1);
    GraphTensor sharpened = ops.multiplyScalar(ops.add(scores, noise), sharpness);
    GraphTensor codes = ops.project(ops.softmax(sharpened), learned(graph));
    GraphTensor weight = graph.placeholder(KL_WEIGHT, 1);
    GraphTensor probabilities = ops.softmax(scores);
    GraphTensor divergence = divergence(ops, scores, probabilities, step);
    GraphTensor penalty = ops.multiplyScalar(divergence, weight);
    if (usageWeight > 0) {
      double rows = (double) vectors.size(0) / pictures * step;
      GraphTensor uneven = CodeShares.penalty(graph, probabilities);
      penalty = ops.add(penalty, ops.affine(uneven, usageWeight / rows, 0));
    }
    return new Quantised(codes, Optional.of(penalty), Optional.empty());
  }

  /**
   * KL(q ‖ uniform) in nats, summed over a picture's vectors and averaged over the pictures of the
   * batch (not over vectors and batch alike, which would make it depend on the batch size).
   */
  private GraphTensor divergence(
      Ops ops, GraphTensor scores, GraphTensor probabilities, int pictures) {
    GraphTensor excess = ops.affine(ops.logSoftmax(scores), 1, Math.log(codebookSize));
    GraphTensor sum = ops.sum(ops.multiply(probabilities, excess));
    return ops.affine(sum, 1.0 / pictures, 0).named("quantiser/divergence");
  }

  @Override
  public GraphTensor selection(ModelGraph graph, GraphTensor vectors) {
    GraphTensor scores =
        switch (logits) {
          case FREE -> vectors;
          case DISTANCES -> closeness(graph, vectors);
        };
    return revivalShare > 0
        ? graph.ops().addRow(scores, CodeBiases.of(graph, codebookSize))
        : scores;
  }

  /** ⟨z, eₖ⟩ − ‖eₖ‖² / 2: [N, K]. What lacks of −‖z − eₖ‖² / 2 is the same for all codes. */
  private GraphTensor closeness(ModelGraph graph, GraphTensor vectors) {
    Ops ops = graph.ops();
    GraphTensor codes = learned(graph);
    float[] halves = new float[codeChannels];
    Arrays.fill(halves, -0.5f);
    GraphTensor row = graph.constant(halves, 1, codeChannels);
    GraphTensor lengths = ops.innerProducts(ops.multiply(codes, codes), row);
    return ops.addRow(ops.innerProducts(vectors, codes), ops.reshape(lengths, codebookSize));
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
    if (usageWeight > 0) {
      CodeShares.logarithms(graph, codebookSize);
    }
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
    List<CodebookLearner> learners = new ArrayList<>();
    if (revivalShare > 0) {
      learners.add(new CodeBiases(codebookSize, revivalShare, store));
    }
    if (usageWeight > 0) {
      learners.add(new CodeShares(codebookSize, store));
    }
    return CodebookLearners.of(learners);
  }
}
