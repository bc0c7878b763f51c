package dev.tessera.engine.train;

import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.util.Set;

/**
 * The average of the weights over the last steps, which samples better than the last weights
 * (Polyakov and Juditsky's averaging). A state beside the optimiser, which feeds it as it updates
 * the weights, and saved with it. States of the model are no weights: they stay as they are.
 */
public final class ExponentialMovingAverage {
  private static final int CHUNK = 4096;

  private final double decay;
  private final ParameterStore store;

  /** At the places that the weights have in the memory of the store. */
  private final float[] averages;

  /**
   * An average that begins at the weights as they are.
   *
   * @param decay share of the old average that a step keeps, 0 (none) to below 1
   * @param store of FLOAT parameters, all of them declared
   */
  public ExponentialMovingAverage(double decay, ParameterStore store) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("EMA decay is " + decay + ", but must be 0 to below 1");
    }
    this.decay = decay;
    this.store = store;
    averages = new float[Math.toIntExact(store.memory().extent())];
    load(store.toTensors());
  }

  /**
   * The share of the average that an update keeps.
   *
   * @param step how many updates came before; while they are few, the average forgets faster
   */
  float kept(long step) {
    return (float) Math.min(decay, (1.0 + step) / (10.0 + step));
  }

  /**
   * Takes in new weights of one chunk.
   *
   * @param chunk holds the weights
   * @param from their first number in the memory of the store
   */
  void take(ChunkLoops chunk, int from, int length, float kept) {
    System.arraycopy(averages, from, chunk.averages, 0, length);
    chunk.average(length, kept);
    System.arraycopy(chunk.averages, 0, averages, from, length);
  }

  /** A copy of the averaged weights, under the names of the parameters, and of the states. */
  public TensorMap toTensors() {
    TensorMap tensors = new TensorMap();
    Set<String> averaged = store.trainable();
    for (String name : store.names()) {
      int from = (int) store.offset(name);
      float[] copy = new float[(int) store.array(name).length()];
      if (averaged.contains(name)) {
        System.arraycopy(averages, from, copy, 0, copy.length);
      } else {
        store.memory().read(from, copy, 0, copy.length);
      }
      tensors.put(name, new Tensor(store.array(name).shape(), copy));
    }
    return tensors;
  }

  /** Restores what {@link #toTensors} copied. */
  public void load(TensorMap tensors) {
    for (String name : store.names()) {
      float[] data = tensors.get(name, store.array(name).shape()).data();
      System.arraycopy(data, 0, averages, (int) store.offset(name), data.length);
    }
  }

  /** Runs something with the averages in place of the weights. */
  public void using(Runnable action) {
    swap();
    try {
      action.run();
    } finally {
      swap();
    }
  }

  private void swap() {
    float[] weights = new float[CHUNK];
    for (String name : store.trainable()) {
      int from = (int) store.offset(name);
      int end = from + (int) store.array(name).length();
      for (int next = from; next < end; next += CHUNK) {
        int length = Math.min(CHUNK, end - next);
        store.memory().read(next, weights, 0, length);
        store.memory().write(next, averages, next, length);
        System.arraycopy(weights, 0, averages, next, length);
      }
    }
  }
}
