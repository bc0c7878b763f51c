package dev.tessera.engine.fused;

import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A variable of a graph with its type and shape, which SameDiff itself only knows while executing.
 *
 * @param variable SameDiff's
 * @param type of what it will hold
 */
record Typed(SDVariable variable, TensorType type) {}
