package dev.tessera.engine.graph;

import dev.tessera.engine.onednn.OneDnn;

/**
 * How a graph is computed. Part of no model: weights trained one way are used the other way.
 *
 * @param operations which implementation of {@link Ops}
 * @param precision of products and of what lies between them; plain operations know F32 only
 */
public record Execution(Operations operations, Precision precision) {
  /** Implementations of {@link Ops}. */
  public enum Operations {
    /** SameDiff's own operations: every ND4J backend, and the reference. */
    PLAIN,
    /** Operations written for processors, on oneDNN. */
    FUSED
  }

  /** Of products; sums, statistics, parameters and the residual stream are FLOAT in each. */
  public enum Precision {
    F32,
    BF16
  }

  public Execution {
    if (operations == Operations.PLAIN && precision == Precision.BF16) {
      throw new IllegalArgumentException("plain operations compute in f32, not in bf16");
    }
  }

  /** The reference. */
  public static Execution plain() {
    return new Execution(Operations.PLAIN, Precision.F32);
  }

  /** Fused operations in single precision. */
  public static Execution fused() {
    return new Execution(Operations.FUSED, Precision.F32);
  }

  /** Fused operations with products in bfloat16. */
  public static Execution bfloat16() {
    return new Execution(Operations.FUSED, Precision.BF16);
  }

  /**
   * The fastest that is right here: fused where oneDNN loads and ND4J computes on the processor,
   * with bfloat16 where the processor multiplies such numbers itself.
   */
  public static Execution best() {
    if (!OneDnn.isAvailable() || !HostCopy.isHostBackend()) {
      return plain();
    }
    return OneDnn.multipliesBfloat16() ? bfloat16() : fused();
  }

  /** The instruction set that fused operations use at most, by oneDNN's name. */
  public static String instructionSet() {
    return OneDnn.instructionSet();
  }
}
