package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import java.util.List;
import java.util.Optional;

/**
 * Finite scalar quantisation (Mentzer et al., <i>Finite scalar quantization: VQ-VAE made
 * simple</i>, ICLR 2024, section 3.1): each channel is bounded and rounded to one of a few levels;
 * the code is the mixed-radix number of the levels. There is no codebook to learn, so none can
 * collapse.
 *
 * @param levels of each channel, 2 to 64 each, the last channel varying fastest; their product is K
 */
public record FiniteScalar(List<Integer> levels) implements Quantiser {
  private static final int MAXIMUM_LEVELS = 64;
  private static final int MAXIMUM_CODEBOOK = 1 << 16;

  /** Keeps the bound a little inside the outermost rounding interval. */
  private static final double MARGIN = 1e-3;

  public FiniteScalar {
    levels = List.copyOf(levels);
    if (levels.isEmpty()) {
      throw new IllegalArgumentException(
          "FSQ levels are empty, but one channel is needed at least");
    }
    for (int level : levels) {
      if (level < 2 || level > MAXIMUM_LEVELS) {
        throw new IllegalArgumentException(
            "FSQ levels are " + levels + ", but each must be 2 to " + MAXIMUM_LEVELS);
      }
    }
    double product = levels.stream().mapToDouble(Integer::doubleValue).reduce(1, (a, b) -> a * b);
    if (product > MAXIMUM_CODEBOOK) {
      throw new IllegalArgumentException(
          "FSQ levels " + levels + " make more than " + MAXIMUM_CODEBOOK + " codes");
    }
  }

  @Override
  public int codebookSize() {
    return levels.stream().reduce(1, (a, b) -> a * b);
  }

  @Override
  public int inputChannels() {
    return levels.size();
  }

  @Override
  public int codeChannels() {
    return levels.size();
  }

  @Override
  public Quantised quantise(ModelGraph graph, GraphTensor vectors, int pictures, int step) {
    Ops ops = graph.ops();
    GraphTensor bounded = bounded(graph, vectors);
    GraphTensor rounded = ops.straightThrough(bounded, ops.round(bounded));
    float[] inverse = new float[levels.size()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1f / half(i);
    }
    GraphTensor codes = ops.multiplyRow(rounded, graph.constant(inverse, inverse.length));
    return new Quantised(codes, Optional.empty(), Optional.empty());
  }

  @Override
  public GraphTensor selection(ModelGraph graph, GraphTensor vectors) {
    return graph.ops().round(bounded(graph, vectors));
  }

  /** Each channel squeezed into its levels, whose values are −⌊L/2⌋ to ⌈L/2⌉ − 1. */
  private GraphTensor bounded(ModelGraph graph, GraphTensor vectors) {
    int channels = levels.size();
    float[] shifts = new float[channels];
    float[] halves = new float[channels];
    float[] offsets = new float[channels];
    for (int i = 0; i < channels; i++) {
      double half = (levels.get(i) - 1) * (1 - MARGIN) / 2;
      // An even number of levels has none at 0: the interval lies half a level lower.
      double offset = levels.get(i) % 2 == 0 ? 0.5 : 0;
      double ratio = offset / half;
      halves[i] = (float) half;
      offsets[i] = (float) -offset;
      // The inverse of tanh, so that a vector of zeros is bounded to zero.
      shifts[i] = levels.get(i) == 2 ? 0 : (float) (0.5 * Math.log((1 + ratio) / (1 - ratio)));
    }
    Ops ops = graph.ops();
    GraphTensor shifted = ops.addRow(vectors, graph.constant(shifts, channels));
    GraphTensor scaled = ops.multiplyRow(ops.tanh(shifted), graph.constant(halves, channels));
    return ops.addRow(scaled, graph.constant(offsets, channels));
  }

  @Override
  public int code(float[] selection, int row) {
    int code = 0;
    for (int i = 0; i < levels.size(); i++) {
      int level = Math.round(selection[row * levels.size() + i]) + half(i);
      code = code * levels.get(i) + level;
    }
    return code;
  }

  @Override
  public void declare(ModelGraph graph) {
    // Its codebook is given, not learned.
  }

  @Override
  public float[] codebook(ParameterStore weights) {
    int channels = levels.size();
    float[] codebook = new float[codebookSize() * channels];
    for (int code = 0; code < codebookSize(); code++) {
      int rest = code;
      for (int i = channels - 1; i >= 0; i--) {
        int level = rest % levels.get(i);
        rest /= levels.get(i);
        codebook[code * channels + i] = (level - half(i)) * (1f / half(i));
      }
    }
    return codebook;
  }

  @Override
  public float[] noise(long seed, long step, int vectors) {
    return new float[0];
  }

  @Override
  public void set(ParallelPlan plan, float[] noise, int firstVector, double progress) {
    // Rounding needs neither noise nor a temperature.
  }

  private int half(int channel) {
    return levels.get(channel) / 2;
  }
}
