package dev.tessera.transformer.decode;

import dev.tessera.engine.random.CounterRandom;

/**
 * Weights drawn for each tensor from its name: products keep their variance, scales are near one.
 */
record RandomWeights(long seed) implements WeightSource {
  @Override
  public float[] read(String name, long... shape) {
    CounterRandom random = new CounterRandom(seed, name, 0);
    int size = 1;
    for (long side : shape) {
      size = Math.toIntExact(size * side);
    }
    boolean matrix = name.endsWith("/weight");
    double deviation =
        matrix ? 1.5 / Math.sqrt((double) shape[0]) : name.contains("embedding") ? 1 : 0.2;
    double mean = name.endsWith("/scale") ? 1 : 0;
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return values;
  }
}
