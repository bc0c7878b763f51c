package dev.tessera.engine.fused;

/**
 * A kernel in two: one that makes something of a single input, which can be done ahead and once
 * where that input stays the same, and the rest.
 *
 * @param input which one
 * @param first makes one result of it
 * @param rest has that result in place of the input, and otherwise the inputs and results of the
 *     whole
 */
public record Division(int input, FusedKernel first, FusedKernel rest) {}
