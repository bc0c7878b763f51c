package dev.tessera.engine.train;

import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.TensorMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The average of the weights over the last steps, which samples better than the last weights
 * (Polyakov and Juditsky's averaging). A state beside the optimiser, saved with it.
 */
public final class ExponentialMovingAverage {
  private final double decay;
  private final ParameterStore store;
  private final Map<String, INDArray> averages = new LinkedHashMap<>();
  private final Level1 blas = Nd4j.getBlasWrapper().level1();

  /**
   * @param decay share of the old average that a step keeps, 0 (none) to below 1
   */
  public ExponentialMovingAverage(double decay, ParameterStore store) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("EMA decay is " + decay + ", but must be 0 to below 1");
    }
    this.decay = decay;
    this.store = store;
    for (String name : store.names()) {
      averages.put(name, store.array(name).dup('c'));
    }
  }

  /**
   * Takes the current weights in.
   *
   * @param step how many updates came before; while they are few, the average forgets faster
   */
  public void update(long step) {
    double kept = Math.min(decay, (1.0 + step) / (10.0 + step));
    averages.forEach(
        (name, average) -> {
          blas.scal(average.length(), kept, average);
          blas.axpy(average.length(), 1 - kept, store.array(name), average);
        });
  }

  /** A copy of the averaged weights, under the names of the parameters. */
  public TensorMap toTensors() {
    TensorMap tensors = new TensorMap();
    averages.forEach((name, average) -> tensors.put(name, HostCopy.tensor(average)));
    return tensors;
  }

  /** Restores what {@link #toTensors} copied. */
  public void load(TensorMap tensors) {
    averages.forEach(
        (name, average) -> HostCopy.write(tensors.get(name, average.shape()).data(), average));
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
    averages.forEach((name, average) -> blas.swap(average, store.array(name)));
  }
}
