package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Numbers added to the logits of codes, by which lost codes are found again. Softmax gives a code
 * that never wins next to no gradient, so that by gradients alone it stays lost. Here the logit of
 * a code that is hardly ever the most probable one is raised until it just wins the vector of the
 * step at which it is least far behind, and from then on it learns. (After the biases that balance
 * mixtures of experts without a loss: Wang et al., <i>Auxiliary-loss-free load balancing strategy
 * for mixture-of-experts</i>, 2024, section 3; those rise and fall by a fixed rate until all
 * experts are alike. Codes may well differ in their use, only none shall have none.)
 */
final class CodeBiases implements CodebookLearner {
  private static final String BIASES = "quantiser/biases";
  private static final String SHARES = "shares";
  private static final double DECAY = 0.98;

  /** How far above the others a raised logit is. */
  private static final float LEAD = 0.1f;

  /** One of so many codes is raised in a step at most; the least used come first. */
  private static final int ONE_OF = 16;

  private final ParameterStore store;
  private final double revivalShare;
  private final long[] counts;
  private float[] shares;

  /** Of the vectors of the last part of a step. */
  private float[] logits = {};

  /**
   * Begins with equal shares.
   *
   * @param revivalShare of the mean use, below which a code is raised
   * @param store with the state that {@link #of} declares
   */
  CodeBiases(int codes, double revivalShare, ParameterStore store) {
    this.store = store;
    this.revivalShare = revivalShare;
    this.counts = new long[codes];
    this.shares = new float[codes];
    Arrays.fill(shares, 1f / codes);
  }

  /** The biases as a state of a model: [K]. */
  static GraphTensor of(ModelGraph graph, int codes) {
    return graph.state(BIASES, Initialiser.zeros(), codes);
  }

  @Override
  public void observe(int[] codes, float[] selection, float[] observed) {
    for (int code : codes) {
      counts[code]++;
    }
    logits = selection;
  }

  @Override
  public void update(long step, double progress) {
    double total = Arrays.stream(counts).sum();
    for (int code = 0; code < shares.length; code++) {
      shares[code] = (float) (DECAY * shares[code] + (1 - DECAY) * counts[code] / total);
    }
    raise();
    Arrays.fill(counts, 0);
  }

  private void raise() {
    int codes = shares.length;
    int[] lost =
        IntStream.range(0, codes)
            .filter(code -> shares[code] * codes < revivalShare)
            .boxed()
            .sorted(Comparator.comparingDouble(code -> shares[code]))
            .limit((codes + ONE_OF - 1) / ONE_OF)
            .mapToInt(Integer::intValue)
            .toArray();
    if (lost.length == 0) {
      return;
    }
    float[] best = new float[logits.length / codes];
    for (int row = 0; row < best.length; row++) {
      best[row] = logits[row * codes];
      for (int code = 1; code < codes; code++) {
        best[row] = Math.max(best[row], logits[row * codes + code]);
      }
    }
    float[] biases = HostCopy.floats(store.array(BIASES));
    for (int code : lost) {
      int row = nearest(code, best);
      if (best[row] == Float.POSITIVE_INFINITY) {
        break; // fewer vectors than lost codes
      }
      biases[code] += best[row] - logits[row * codes + code] + LEAD;
      // Each vector is won by one code: the next ones look for another.
      best[row] = Float.POSITIVE_INFINITY;
    }
    store.write(BIASES, biases);
  }

  /** The vector at which a code is least far behind, the first of several. */
  private int nearest(int code, float[] best) {
    int nearest = 0;
    float least = Float.POSITIVE_INFINITY;
    for (int row = 0; row < best.length; row++) {
      float behind = best[row] - logits[row * shares.length + code];
      if (behind < least) {
        least = behind;
        nearest = row;
      }
    }
    return nearest;
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
