package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;

/**
 * Where the bits of a {@link LookupFree} quantiser turn over. A channel that lies on one side of
 * zero for all vectors is a lost bit, which halves the codes in use: it is certain, so that the
 * entropy penalty has next to no gradient, and nothing else asks for it to differ. Here the
 * threshold of a channel moves, a little a step, while fewer than one in {@value #ONE_OF} of the
 * step's vectors lie beyond it, or below it. So bits may be uneven, as a background makes them that
 * most of a picture consists of, but not by more than that.
 *
 * <p>Keeps {@link CodeShares}, too.
 */
final class BitThresholds implements CodebookLearner {
  private static final String OFFSETS = "quantiser/offsets";
  private static final int ONE_OF = 5;

  /** By which an offset moves in a step where a bit is constant; channels keep near −1 and 1. */
  private static final double RATE = 0.1;

  private final ParameterStore store;
  private final CodeShares shares;
  private final int bits;
  private final long[] ones;
  private long seen;

  /**
   * Begins with thresholds of zero.
   *
   * @param store with the states that {@link #offsets} and {@link CodeShares#logarithms} declare
   */
  BitThresholds(int bits, ParameterStore store) {
    this.store = store;
    this.bits = bits;
    this.shares = new CodeShares(1 << bits, store);
    this.ones = new long[bits];
  }

  /** What is added to the channels before their signs are taken, a state: [bits]. */
  static GraphTensor offsets(ModelGraph graph, int bits) {
    return graph.state(OFFSETS, Initialiser.zeros(), bits);
  }

  /** Adds offsets of zero to weights of a model that was stored before there were any. */
  static void complete(int bits, TensorMap weights) {
    if (!weights.names().contains(OFFSETS)) {
      weights.put(OFFSETS, new Tensor(new long[] {bits}, new float[bits]));
    }
  }

  @Override
  public void observe(int[] codes, float[] selection, float[] observed) {
    shares.observe(codes, selection, observed);
    seen += codes.length;
    for (int code : codes) {
      for (int bit = 0; bit < bits; bit++) {
        ones[bit] += code >> (bits - 1 - bit) & 1;
      }
    }
  }

  @Override
  public void update(long step, double progress) {
    shares.update(step, progress);
    float[] offsets = HostCopy.floats(store.array(OFFSETS));
    for (int bit = 0; bit < bits; bit++) {
      double share = (double) ones[bit] / seen;
      double least = 1.0 / ONE_OF;
      double wanting = Math.max(0, least - share) - Math.max(0, share - (1 - least));
      offsets[bit] = (float) (offsets[bit] + RATE * wanting / least);
      ones[bit] = 0;
    }
    seen = 0;
    store.write(OFFSETS, offsets);
  }

  @Override
  public TensorMap state() {
    return shares.state();
  }

  @Override
  public void restore(TensorMap state) {
    shares.restore(state);
  }
}
