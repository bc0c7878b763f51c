package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.util.Arrays;

/**
 * The shares of all vectors that the codes had over the last steps, and a penalty that moves
 * probability from codes with a large share to codes with a small one.
 *
 * <p>The penalty of a vector with probabilities p is Σₖ pₖ log(K·sₖ), where s are the shares. Its
 * gradient is that of KL(s ‖ uniform), the part of a discrete auto-encoder's divergence that
 * matters for the use of the codebook; the other part, how certain each vector is of its code, is
 * left alone. As s is a state, a moving average of counts, and no mean over the batch, the penalty
 * is a sum over vectors: replicas and parts of a step add up.
 */
final class CodeShares implements CodebookLearner {
  private static final String LOGARITHMS = "quantiser/logShares";
  private static final String SHARES = "shares";
  private static final double DECAY = 0.98;

  /** Share that an unused code is taken to have, as a share of the mean. */
  private static final double LEAST = 0.01;

  private final ParameterStore store;
  private final long[] counts;
  private float[] shares;

  /**
   * Begins with equal shares.
   *
   * @param store with the state that {@link #logarithms} declares
   */
  CodeShares(int codes, ParameterStore store) {
    this.store = store;
    this.counts = new long[codes];
    this.shares = new float[codes];
    Arrays.fill(shares, 1f / codes);
  }

  /** The state log(K·s): [K]. */
  static GraphTensor logarithms(ModelGraph graph, int codes) {
    return graph.state(LOGARITHMS, Initialiser.zeros(), codes);
  }

  /**
   * The penalty, summed over the vectors: [1, 1].
   *
   * @param probabilities of the codes, [N, K]
   */
  static GraphTensor penalty(ModelGraph graph, GraphTensor probabilities) {
    Ops ops = graph.ops();
    int codes = Math.toIntExact(probabilities.size(1));
    return ops.sum(ops.multiplyRow(probabilities, logarithms(graph, codes)));
  }

  @Override
  public void observe(int[] codes, float[] selection, float[] observed) {
    for (int code : codes) {
      counts[code]++;
    }
  }

  @Override
  public void update(long step, double progress) {
    double total = Arrays.stream(counts).sum();
    float[] logarithms = new float[shares.length];
    for (int code = 0; code < shares.length; code++) {
      shares[code] = (float) (DECAY * shares[code] + (1 - DECAY) * counts[code] / total);
      logarithms[code] =
          (float) StrictMath.log(Math.max(LEAST, (double) shares[code] * shares.length));
    }
    store.write(LOGARITHMS, logarithms);
    Arrays.fill(counts, 0);
  }

  @Override
  public TensorMap state() {
    TensorMap state = new TensorMap();
    state.put(SHARES, new Tensor(new long[] {shares.length}, shares.clone()));
    return state;
  }

  @Override
  public void restore(TensorMap state) {
    shares = state.get(SHARES, shares.length).data().clone();
  }
}
