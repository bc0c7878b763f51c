package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds lost bits of a {@link LookupFree} quantiser again. A bit that is the same for all vectors,
 * or that repeats another, halves the codes in use, and stays so: vectors are certain of it, so
 * that the entropy penalty has next to no gradient, and nothing else asks for it to differ. Here
 * its channel moves until what is left of it decides:
 *
 * <ul>
 *   <li>by an offset, at once, where fewer than one in {@value #ONE_OF} of the step's vectors have
 *       the bit, or lack it. So bits may be uneven, as a background makes them that most of a
 *       picture consists of, but not by more than that;
 *   <li>by a share of an earlier channel, a little a step, while the signs of both have a
 *       correlation beyond ±{@value #MOST_ALIKE}.
 * </ul>
 *
 * <p>Bits that are in use stay as they are. (Channels whitened at every step find lost bits, too,
 * but reconstruct worse.)
 *
 * <p>Keeps {@link CodeShares}, too.
 */
final class LostBits implements CodebookLearner {
  private static final String MIXING = "quantiser/mixing";
  private static final String OFFSETS = "quantiser/offsets";
  private static final int ONE_OF = 5;
  private static final double MOST_ALIKE = 0.9;

  /** By which a channel moves in a step where its bit repeats another; channels keep near −1, 1. */
  private static final double RATE = 0.1;

  private final ParameterStore store;
  private final CodeShares shares;
  private final int bits;

  /** How many of the step's vectors have a bit. */
  private final long[] ones;

  /** The sum of the products of two signs, of an earlier and a later bit. */
  private final long[][] products;

  private long seen;

  /** Of the step's vectors, as {@link #found} gives them, part by part. */
  private final List<float[]> channels = new ArrayList<>();

  /**
   * Begins with channels as they are.
   *
   * @param store with the states that {@link #found} and {@link CodeShares#logarithms} declare
   */
  LostBits(int bits, ParameterStore store) {
    this.store = store;
    this.bits = bits;
    this.shares = new CodeShares(1 << bits, store);
    this.ones = new long[bits];
    this.products = new long[bits][bits];
  }

  /**
   * Adds to a graph the channels that signs are taken of, moved by states that this learner writes:
   * [N, bits] → [N, bits].
   *
   * @param vectors the encoder's
   */
  static GraphTensor found(ModelGraph graph, GraphTensor vectors, int bits) {
    Ops ops = graph.ops();
    Initialiser identity =
        (values, random) -> System.arraycopy(identity(bits), 0, values, 0, values.length);
    // Never in bfloat16: what is left of a channel that repeats another is small.
    GraphTensor mixed = ops.innerProducts(vectors, graph.state(MIXING, identity, bits, bits));
    return ops.addRow(mixed, graph.state(OFFSETS, Initialiser.zeros(), bits));
  }

  private static float[] identity(int bits) {
    float[] values = new float[bits * bits];
    for (int i = 0; i < bits; i++) {
      values[i * bits + i] = 1;
    }
    return values;
  }

  /** Adds what moves nothing to weights of a model that was stored before there was any of this. */
  static void complete(int bits, TensorMap weights) {
    if (!weights.names().contains(MIXING)) {
      weights.put(MIXING, new Tensor(new long[] {bits, bits}, identity(bits)));
    }
    if (!weights.names().contains(OFFSETS)) {
      weights.put(OFFSETS, new Tensor(new long[] {bits}, new float[bits]));
    }
  }

  @Override
  public void observe(int[] codes, float[] selection, float[] observed) {
    shares.observe(codes, selection, observed);
    seen += codes.length;
    channels.add(observed);
    for (int code : codes) {
      for (int bit = 0; bit < bits; bit++) {
        ones[bit] += bit(code, bit);
        for (int earlier = 0; earlier < bit; earlier++) {
          products[earlier][bit] += bit(code, bit) == bit(code, earlier) ? 1 : -1;
        }
      }
    }
  }

  /** The first bit is the most significant one. */
  private int bit(int code, int bit) {
    return code >> (bits - 1 - bit) & 1;
  }

  @Override
  public void update(long step, double progress) {
    shares.update(step, progress);
    float[] offsets = HostCopy.floats(store.array(OFFSETS));
    float[] mixing = HostCopy.floats(store.array(MIXING));
    double least = 1.0 / ONE_OF;
    for (int bit = 0; bit < bits; bit++) {
      double share = (double) ones[bit] / seen;
      if (share < least || share > 1 - least) {
        offsets[bit] -= cut(bit, share < least);
      }
      for (int earlier = 0; earlier < bit; earlier++) {
        double alike = correlation(earlier, bit);
        double excess = Math.max(0, alike - MOST_ALIKE) - Math.max(0, -alike - MOST_ALIKE);
        int at = bit * bits + earlier;
        mixing[at] = (float) (mixing[at] - RATE * excess / (1 - MOST_ALIKE));
        products[earlier][bit] = 0;
      }
    }
    Arrays.fill(ones, 0);
    seen = 0;
    channels.clear();
    store.write(OFFSETS, offsets);
    store.write(MIXING, mixing);
  }

  /**
   * A number that one in {@value #ONE_OF} of the step's vectors lie beyond, or below, in the
   * channel of a bit. Equal ones, as those of a background, come to lie on one side.
   */
  private float cut(int bit, boolean beyond) {
    float[] values = new float[Math.toIntExact(seen)];
    int count = 0;
    for (float[] part : channels) {
      for (int at = bit; at < part.length; at += bits) {
        values[count++] = part[at];
      }
    }
    Arrays.sort(values);
    int last = count - 1;
    int at = beyond ? last - last / ONE_OF : last / ONE_OF;
    int next = at;
    while (next > 0 && next < last && values[next] == values[at]) {
      next += beyond ? -1 : 1;
    }
    return (values[at] + values[next]) / 2;
  }

  /** Of the signs of two bits in the step, −1 to 1; 0 if one of them is constant. */
  private double correlation(int one, int other) {
    double a = 2.0 * ones[one] / seen - 1;
    double b = 2.0 * ones[other] / seen - 1;
    double variances = (1 - a * a) * (1 - b * b);
    double covariance = (double) products[one][other] / seen - a * b;
    return variances > 0 ? covariance / Math.sqrt(variances) : 0;
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
