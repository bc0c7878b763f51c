package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.store.TensorMap;
import java.util.Optional;

/**
 * Lookup-free quantisation (Yu et al., <i>Language model beats diffusion: tokenizer is key to
 * visual generation</i>, ICLR 2024, section 3.1): each channel becomes its sign, and the signs are
 * the bits of the code. An entropy penalty wants each vector to be certain of its code and all
 * codes to be used; a commitment loss keeps channels near their signs; {@link LostBits} keeps bits
 * from becoming constant, or alike. With {@code onSphere}, binary spherical quantisation (Zhao et
 * al., <i>Image and video tokenization with binary spherical quantization</i>, 2024): vectors are
 * scaled to one length first, which bounds the error without a commitment loss.
 *
 * @param bits channels, 2 to 12; K is 2 to their power
 * @param commitment weight of the mean squared distance of channels from their signs, 0 or more
 * @param entropyWeight of the penalty in nats per vector, 0 or more
 * @param onSphere whether vectors are scaled to the length of the codes
 */
public record LookupFree(int bits, double commitment, double entropyWeight, boolean onSphere)
    implements Quantiser {
  /** Beyond, the entropy over all codes would take too much memory. */
  private static final int MAXIMUM_BITS = 12;

  /** Turns everything but numbers near zero into its sign, by the hyperbolic tangent. */
  private static final double STEEP = 1e6;

  /** Scale of the logits of the codes: the larger, the more certain. */
  private static final double SHARPNESS = 2;

  public LookupFree {
    if (bits < 2 || bits > MAXIMUM_BITS) {
      throw new IllegalArgumentException("bits is " + bits + ", but must be 2 to " + MAXIMUM_BITS);
    }
    requireWeight("commitment", commitment);
    requireWeight("entropy weight", entropyWeight);
  }

  private static void requireWeight(String name, double value) {
    if (!(value >= 0 && value <= 100)) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be 0 to 100");
    }
  }

  @Override
  public int codebookSize() {
    return 1 << bits;
  }

  @Override
  public int inputChannels() {
    return bits;
  }

  @Override
  public int codeChannels() {
    return bits;
  }

  @Override
  public Quantised quantise(ModelGraph graph, GraphTensor vectors, int pictures, int step) {
    Ops ops = graph.ops();
    GraphTensor moved = LostBits.found(graph, vectors, bits);
    GraphTensor located = located(graph, moved);
    GraphTensor signs = signs(graph, located);
    GraphTensor codes = ops.straightThrough(located, signs);
    double rows = (double) vectors.size(0) / pictures * step;
    GraphTensor distance = ops.subtract(located, signs);
    GraphTensor squares = ops.sum(ops.multiply(distance, distance));
    GraphTensor commitments = ops.affine(squares, commitment / (rows * bits), 0);
    GraphTensor entropies = ops.affine(entropy(graph, located), entropyWeight / rows, 0);
    return new Quantised(codes, Optional.of(ops.add(commitments, entropies)), Optional.of(moved));
  }

  private GraphTensor located(ModelGraph graph, GraphTensor moved) {
    Ops ops = graph.ops();
    return onSphere ? ops.affine(ops.unitRows(moved), Math.sqrt(bits), 0) : moved;
  }

  /** −1 or 1 for each channel; 0 counts as negative. */
  private static GraphTensor signs(ModelGraph graph, GraphTensor located) {
    Ops ops = graph.ops();
    GraphTensor steep = ops.tanh(ops.affine(located, STEEP, 0));
    return ops.affine(ops.round(ops.affine(steep, 0.5, 0.5)), 2, -1);
  }

  /**
   * The uncertainty of each vector less that of all together, summed over the vectors. The softmax
   * of the products with all codes is the product of what each channel says of its bit.
   */
  private GraphTensor entropy(ModelGraph graph, GraphTensor located) {
    Ops ops = graph.ops();
    float[] transposed = new float[bits * codebookSize()];
    float[] rows = rows();
    for (int code = 0; code < codebookSize(); code++) {
      for (int bit = 0; bit < bits; bit++) {
        transposed[bit * codebookSize() + code] = rows[code * bits + bit];
      }
    }
    GraphTensor products = ops.project(located, graph.constant(transposed, bits, codebookSize()));
    GraphTensor logits = ops.affine(products, SHARPNESS, 0);
    GraphTensor probabilities = ops.softmax(logits);
    GraphTensor certainty = ops.sum(ops.multiply(probabilities, ops.logSoftmax(logits)));
    return ops.subtract(CodeShares.penalty(graph, probabilities), certainty);
  }

  @Override
  public GraphTensor selection(ModelGraph graph, GraphTensor vectors) {
    return signs(graph, located(graph, LostBits.found(graph, vectors, bits)));
  }

  @Override
  public int code(float[] selection, int row) {
    int code = 0;
    for (int bit = 0; bit < bits; bit++) {
      code = 2 * code + (selection[row * bits + bit] > 0 ? 1 : 0);
    }
    return code;
  }

  @Override
  public void complete(TensorMap weights) {
    LostBits.complete(bits, weights);
  }

  @Override
  public void declare(ModelGraph graph) {
    CodeShares.logarithms(graph, codebookSize());
  }

  @Override
  public float[] codebook(ParameterStore weights) {
    return rows();
  }

  /** The first bit is the most significant one. */
  private float[] rows() {
    float[] rows = new float[codebookSize() * bits];
    for (int code = 0; code < codebookSize(); code++) {
      for (int bit = 0; bit < bits; bit++) {
        rows[code * bits + bit] = (code >> (bits - 1 - bit) & 1) == 1 ? 1 : -1;
      }
    }
    return rows;
  }

  @Override
  public float[] noise(long seed, long step, int vectors) {
    return new float[0];
  }

  @Override
  public void set(ParallelPlan plan, float[] noise, int firstVector, double progress) {
    // Signs are a matter neither of chance nor of time.
  }

  @Override
  public Optional<CodebookLearner> learner(ParameterStore store, long seed) {
    return Optional.of(new LostBits(bits, store));
  }
}
