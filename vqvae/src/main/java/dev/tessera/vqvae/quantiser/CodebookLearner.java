package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.store.TensorMap;

/**
 * Learns what no gradient touches from the vectors and codes of each training step, and writes it
 * to the states of the model. What it does depends on what it has seen, the seed and the step
 * alone.
 *
 * <p>Not thread-safe.
 */
public interface CodebookLearner {
  /**
   * Looks at a part of a step, in the order of the parts.
   *
   * @param codes of the part's vectors, 0 to K − 1 each
   * @param selection rows of {@link Quantiser#selection}, what the codes were read from; not copied
   * @param observed rows of {@link Quantiser.Quantised#observed}, empty where there is none
   */
  void observe(int[] codes, float[] selection, float[] observed);

  /**
   * Updates the states after a step.
   *
   * @param step steps done
   * @param progress share of the training that is done, 0 to 1
   */
  void update(long step, double progress);

  /** Whether codes mean something already. */
  default boolean isQuantising() {
    return true;
  }

  /** What is needed to go on, beside the states of the model. */
  TensorMap state();

  /** Goes on from a {@link #state}; the states of the model are in place. */
  void restore(TensorMap state);
}
