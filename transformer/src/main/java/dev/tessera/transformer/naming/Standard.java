package dev.tessera.transformer.naming;

import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.vqvae.picture.Rgb;
import java.util.function.IntFunction;

/**
 * Brings the numbers of an aspect to a mean of 0 and a variance of about 1 over training pictures.
 *
 * @param mean of each, [F]; not copied
 * @param factor that each is multiplied by, [F]; not copied
 */
record Standard(float[] mean, float[] factor) {
  /** Beneath a deviation, so that what hardly ever occurs does not become large when it does. */
  private static final double LEAST_DEVIATION = 0.02;

  /**
   * That of some pictures.
   *
   * @param count of the pictures, 1 or more
   */
  static Standard of(Aspect aspect, int count, IntFunction<Rgb> pictures) {
    double[] sums = new double[aspect.size()];
    double[] squares = new double[aspect.size()];
    for (int picture = 0; picture < count; picture++) {
      double[] described = aspect.of(pictures.apply(picture));
      for (int i = 0; i < sums.length; i++) {
        sums[i] += described[i];
        squares[i] += described[i] * described[i];
      }
    }
    float[] mean = new float[sums.length];
    float[] factor = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      double average = sums[i] / count;
      double variance = Math.max(0, squares[i] / count - average * average);
      mean[i] = (float) average;
      factor[i] = (float) (1 / (Math.sqrt(variance) + LEAST_DEVIATION));
    }
    return new Standard(mean, factor);
  }

  /** That of a place, out of what {@link #put} has put in. */
  static Standard get(TensorMap tensors, NamingGraph.Names names, Aspect aspect) {
    return new Standard(
        tensors.get(names.mean(), aspect.size()).data(),
        tensors.get(names.factor(), aspect.size()).data());
  }

  /** Adds it to tensors under the names of a place. */
  void put(TensorMap tensors, NamingGraph.Names names) {
    tensors.put(names.mean(), new Tensor(new long[] {mean.length}, mean));
    tensors.put(names.factor(), new Tensor(new long[] {factor.length}, factor));
  }

  /** The numbers of a picture, standardised: [F]. */
  double[] apply(Aspect aspect, Rgb picture) {
    double[] numbers = aspect.of(picture);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (numbers[i] - mean[i]) * factor[i];
    }
    return numbers;
  }
}
