package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import java.util.Optional;

/**
 * Vector quantisation with a codebook of moving averages (van den Oord et al., <i>Neural discrete
 * representation learning</i>, 2017, section 3 and appendix A.1): a vector becomes the nearest row
 * of the codebook, each row follows the mean of the vectors that became it, and the encoder is
 * drawn to the rows by the commitment loss. At first vectors pass unquantised; {@link
 * MovingCodebook} then places the codebook among them.
 *
 * @param codebookSize K, 2 to 65,536
 * @param codeChannels C, 2 to 4,096
 * @param decay of the moving averages, 0 to below 1
 * @param commitment weight of the mean squared distance of vectors from their codes, 0 or more
 * @param warmUpSteps steps without quantising, 1 or more; at most a tenth of the training
 * @param revivalShare of the mean use, below which a code is placed anew, 0 (never) to below 1
 * @param unitLength whether vectors are scaled to length 1, so that the angle alone counts (Yu et
 *     al., <i>Vector-quantized image modeling with improved VQGAN</i>, ICLR 2022, section 3.2)
 * @param gradient how it passes from codes to vectors
 */
public record VectorQuantiser(
    int codebookSize,
    int codeChannels,
    double decay,
    double commitment,
    int warmUpSteps,
    double revivalShare,
    boolean unitLength,
    Gradient gradient)
    implements Quantiser {
  static final String CODEBOOK = "quantiser/codebook";

  /** 1 as soon as the codebook was placed, 0 before. */
  static final String PLACED = "quantiser/placed";

  /** Ways past the choice of a code, which has no slope. */
  public enum Gradient {
    /** Copied from the code to the vector. */
    STRAIGHT_THROUGH,
    /** Turned and scaled as the code is against the vector (Fifty et al., ICLR 2025). */
    ROTATION
  }

  public VectorQuantiser {
    if (codebookSize < 2 || codebookSize > 1 << 16) {
      throw new IllegalArgumentException(
          "codebook size is " + codebookSize + ", but must be 2 to " + (1 << 16));
    }
    if (codeChannels < 2 || codeChannels > 4096) {
      throw new IllegalArgumentException(
          "code channels is " + codeChannels + ", but must be 2 to 4096");
    }
    requireBelowOne("decay", decay);
    requireBelowOne("revival share", revivalShare);
    if (!(commitment >= 0 && commitment <= 100)) {
      throw new IllegalArgumentException("commitment is " + commitment + ", but must be 0 to 100");
    }
    if (warmUpSteps < 1) {
      throw new IllegalArgumentException(
          "warm-up steps is " + warmUpSteps + ", but must be 1 or more");
    }
  }

  private static void requireBelowOne(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be 0 to below 1");
    }
  }

  @Override
  public int inputChannels() {
    return codeChannels;
  }

  @Override
  public Quantised quantise(ModelGraph graph, GraphTensor vectors, int pictures, int step) {
    Ops ops = graph.ops();
    GraphTensor located = located(graph, vectors).named("quantiser/located");
    GraphTensor chosen = ops.embedding(rows(graph), ops.nearest(located, rows(graph)));
    GraphTensor distance = ops.subtract(chosen, located);
    GraphTensor value = ops.add(located, ops.multiplyScalar(distance, placed(graph)));
    GraphTensor codes =
        switch (gradient) {
          case STRAIGHT_THROUGH -> ops.straightThrough(located, value);
          case ROTATION -> ops.rotated(located, value);
        };
    GraphTensor squares =
        ops.multiplyScalar(ops.sum(ops.multiply(distance, distance)), placed(graph));
    double elements = (double) located.length() / pictures * step;
    GraphTensor penalty = ops.affine(squares, commitment / elements, 0);
    return new Quantised(codes, Optional.of(penalty), Optional.of(located));
  }

  private GraphTensor located(ModelGraph graph, GraphTensor vectors) {
    return unitLength ? graph.ops().unitRows(vectors) : vectors;
  }

  @Override
  public GraphTensor selection(ModelGraph graph, GraphTensor vectors) {
    return graph.ops().nearest(located(graph, vectors), rows(graph));
  }

  @Override
  public int code(float[] selection, int row) {
    return (int) selection[row];
  }

  @Override
  public void declare(ModelGraph graph) {
    rows(graph);
    placed(graph);
  }

  private GraphTensor rows(ModelGraph graph) {
    return graph.state(CODEBOOK, Initialiser.normal(1), codebookSize, codeChannels);
  }

  private static GraphTensor placed(ModelGraph graph) {
    return graph.state(PLACED, Initialiser.zeros(), 1);
  }

  @Override
  public float[] codebook(ParameterStore weights) {
    return HostCopy.floats(weights.array(CODEBOOK));
  }

  @Override
  public float[] noise(long seed, long step, int vectors) {
    return new float[0];
  }

  @Override
  public void set(ParallelPlan plan, float[] noise, int firstVector, double progress) {
    // The nearest code is a matter neither of chance nor of time.
  }

  @Override
  public Optional<CodebookLearner> learner(ParameterStore store, long seed) {
    return Optional.of(new MovingCodebook(this, store, seed));
  }
}
