package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.util.Arrays;

/**
 * The codebook of a {@link VectorQuantiser}: for each code a moving average of how many vectors of
 * a step became it, and of their sum; the code is their quotient, with the counts smoothed (van den
 * Oord et al., 2017, appendix A.1; Laplace smoothing as in its authors' code). While vectors pass
 * unquantised a sample of the last of them is kept, among which {@link ClusterCentres} places the
 * codebook. A code that is hardly used any more is put where a vector of the step is, drawn by how
 * far it lies from its code, squared (as k-means++ draws its centres): more likely where the
 * codebook is wanting than where most vectors are, which would give many codes to one plain
 * background.
 *
 * <p>Sums go over the vectors in their order, in double precision, so that a step's update does not
 * depend on threads.
 */
final class MovingCodebook implements CodebookLearner {
  private static final String COUNTS = "counts";
  private static final String SUMS = "sums";
  private static final String SAMPLE = "sample";

  private static final double SMOOTHING = 1e-5;

  /** Share of the training after which the codebook is placed at the latest. */
  private static final double LATEST_PLACING = 0.1;

  private static final int SAMPLE_SIZE = 8192;

  /** Steps over which a sample is taken. */
  private static final int SAMPLED_STEPS = 8;

  private final VectorQuantiser config;
  private final ParameterStore store;
  private final long seed;
  private final int codes;
  private final int channels;
  private boolean placed;
  private float[] counts;
  private float[] sums;

  /** The newest vectors come first. */
  private float[] sample = {};

  private float[] vectors = {};
  private int[] chosen = {};

  MovingCodebook(VectorQuantiser config, ParameterStore store, long seed) {
    this.config = config;
    this.store = store;
    this.seed = seed;
    this.codes = config.codebookSize();
    this.channels = config.codeChannels();
    this.counts = new float[codes];
    this.sums = new float[codes * channels];
  }

  @Override
  public void observe(int[] nearest, float[] selection, float[] located) {
    vectors = joined(vectors, located);
    int before = chosen.length;
    chosen = Arrays.copyOf(chosen, before + nearest.length);
    System.arraycopy(nearest, 0, chosen, before, nearest.length);
  }

  private static float[] joined(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Override
  public void update(long step, double progress) {
    if (placed) {
      average();
      revive(step);
      write();
    } else {
      keepSample(step);
      if (step >= config.warmUpSteps() || progress >= LATEST_PLACING) {
        place();
        write();
      }
    }
    vectors = new float[0];
    chosen = new int[0];
  }

  @Override
  public boolean isQuantising() {
    return placed;
  }

  private void average() {
    double[] freshCounts = new double[codes];
    double[] freshSums = new double[sums.length];
    for (int row = 0; row < chosen.length; row++) {
      int code = chosen[row];
      freshCounts[code]++;
      for (int c = 0; c < channels; c++) {
        freshSums[code * channels + c] += vectors[row * channels + c];
      }
    }
    blend(counts, freshCounts);
    blend(sums, freshSums);
  }

  private void blend(float[] averages, double[] fresh) {
    for (int i = 0; i < averages.length; i++) {
      averages[i] = (float) (config.decay() * averages[i] + (1 - config.decay()) * fresh[i]);
    }
  }

  /** Puts each code that is hardly used where a vector of this step is, with the mean use. */
  private void revive(long step) {
    double mean = (double) chosen.length / codes;
    double[] wanting = null;
    CounterRandom random = new CounterRandom(seed, "codebook revival", step);
    for (int code = 0; code < codes; code++) {
      if (counts[code] < config.revivalShare() * mean) {
        wanting = wanting == null ? squaredDistances() : wanting;
        int row = drawn(wanting, random);
        wanting[row] = 0;
        counts[code] = (float) mean;
        for (int c = 0; c < channels; c++) {
          sums[code * channels + c] = (float) (mean * vectors[row * channels + c]);
        }
      }
    }
  }

  /** Of each vector of the step from the code that it became. */
  private double[] squaredDistances() {
    float[] codebook = HostCopy.floats(store.array(VectorQuantiser.CODEBOOK));
    double[] squares = new double[chosen.length];
    for (int row = 0; row < squares.length; row++) {
      for (int c = 0; c < channels; c++) {
        double difference = vectors[row * channels + c] - codebook[chosen[row] * channels + c];
        squares[row] += difference * difference;
      }
    }
    return squares;
  }

  /** A place, as likely as its share of the sum; any, if all are zero. */
  private static int drawn(double[] weights, CounterRandom random) {
    double left = random.nextDouble() * Arrays.stream(weights).sum();
    for (int i = 0; i < weights.length; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
    }
    return random.nextInt(weights.length);
  }

  private void keepSample(long step) {
    int rows = chosen.length;
    int taken = Math.min(rows, SAMPLE_SIZE / SAMPLED_STEPS);
    int kept = Math.min(sample.length, (SAMPLE_SIZE - taken) * channels);
    float[] next = new float[taken * channels + kept];
    int[] order = new CounterRandom(seed, "codebook sample", step).permutation(rows);
    for (int i = 0; i < taken; i++) {
      System.arraycopy(vectors, order[i] * channels, next, i * channels, channels);
    }
    System.arraycopy(sample, 0, next, taken * channels, kept);
    sample = next;
  }

  private void place() {
    ClusterCentres centres = ClusterCentres.of(sample, channels, codes, seed);
    int sampled = sample.length / channels;
    double perVector = (double) chosen.length / sampled;
    for (int code = 0; code < codes; code++) {
      // Half a vector for a centre without any, so that it stays where it is for now.
      counts[code] = (float) (Math.max(0.5, centres.members(code)) * perVector);
      for (int c = 0; c < channels; c++) {
        sums[code * channels + c] = counts[code] * centres.centre(code, c);
      }
    }
    sample = new float[0];
    placed = true;
  }

  private void write() {
    double total = 0;
    for (float count : counts) {
      total += count;
    }
    float[] codebook = new float[sums.length];
    for (int code = 0; code < codes; code++) {
      double smoothed = (counts[code] + SMOOTHING) / (total + codes * SMOOTHING) * total;
      double squares = 0;
      for (int c = 0; c < channels; c++) {
        double value = sums[code * channels + c] / smoothed;
        codebook[code * channels + c] = (float) value;
        squares += value * value;
      }
      if (config.unitLength() && squares > 0) {
        double length = Math.sqrt(squares);
        for (int c = 0; c < channels; c++) {
          codebook[code * channels + c] = (float) (codebook[code * channels + c] / length);
        }
      }
    }
    store.write(VectorQuantiser.CODEBOOK, codebook);
    store.write(VectorQuantiser.PLACED, new float[] {1});
  }

  @Override
  public TensorMap state() {
    TensorMap state = new TensorMap();
    state.put(COUNTS, new Tensor(new long[] {codes}, counts.clone()));
    state.put(SUMS, new Tensor(new long[] {codes, channels}, sums.clone()));
    state.put(SAMPLE, new Tensor(new long[] {sample.length / channels, channels}, sample.clone()));
    return state;
  }

  @Override
  public void restore(TensorMap state) {
    counts = state.get(COUNTS, codes).data().clone();
    sums = state.get(SUMS, codes, channels).data().clone();
    sample = state.get(SAMPLE).data().clone();
    placed = HostCopy.floats(store.array(VectorQuantiser.PLACED))[0] != 0;
  }
}
