package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.store.TensorMap;
import java.util.Optional;

/**
 * Turns the encoder's vectors into codes of a finite codebook.
 *
 * <p>Letters: N vectors (batch × grid), K codes, C channels of a code.
 */
public sealed interface Quantiser permits FiniteScalar, GumbelSoftmax, LookupFree, VectorQuantiser {

  /** Codes to choose from, K. */
  int codebookSize();

  /** Channels that the encoder gives to each vector. */
  int inputChannels();

  /** Channels that the decoder gets for each vector, C. */
  int codeChannels();

  /**
   * The quantiser as the decoder sees it while training.
   *
   * @param codes [N, C]
   * @param regulariser a term of the loss, of one element; already weighted, and divided by the
   *     pictures of the step
   * @param observed what {@link CodebookLearner#observe} wants to see, one row for each vector;
   *     absent where the codes say all
   */
  record Quantised(
      GraphTensor codes, Optional<GraphTensor> regulariser, Optional<GraphTensor> observed) {}

  /**
   * Adds the quantiser to a training graph.
   *
   * @param vectors [N, {@link #inputChannels}]
   * @param pictures that the vectors belong to
   * @param step pictures of the whole training step, of which these may be a part
   */
  Quantised quantise(ModelGraph graph, GraphTensor vectors, int pictures, int step);

  /**
   * Adds to a graph what {@link #code} reads a code from: [N, S] for some S.
   *
   * @param vectors [N, {@link #inputChannels}]
   */
  GraphTensor selection(ModelGraph graph, GraphTensor vectors);

  /**
   * The code that a row of {@link #selection} stands for, 0 to K − 1.
   *
   * @param selection rows of S numbers each, whole numbers included
   * @param row which
   */
  int code(float[] selection, int row);

  /**
   * Adds what weights lack that were stored by an earlier version, so that they mean what they
   * meant then.
   *
   * @param weights of a model with this quantiser
   */
  default void complete(TensorMap weights) {}

  /** Adds to a graph's store what the quantiser learns, for {@link #codebook} to read. */
  void declare(ModelGraph graph);

  /** The vector of each code, [K, C] row-major, from weights that know what was declared. */
  float[] codebook(ParameterStore weights);

  /**
   * The noise of a training step.
   *
   * @param vectors of the whole step
   * @return as many numbers for each vector, one after another; may be none
   */
  float[] noise(long seed, long step, int vectors);

  /**
   * Sets the placeholders that {@link #quantise} made.
   *
   * @param noise of the step
   * @param firstVector which vector of the step is the first of the plan
   * @param progress share of the training that is done, 0 to 1
   */
  void set(ParallelPlan plan, float[] noise, int firstVector, double progress);

  /**
   * What is learned beside the gradients; nothing unless a quantiser says so.
   *
   * @param store with the states that {@link #quantise} declared
   * @param seed of what is drawn
   */
  default Optional<CodebookLearner> learner(ParameterStore store, long seed) {
    return Optional.empty();
  }
}
