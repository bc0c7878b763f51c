package dev.tessera.cli.duel;

import dev.tessera.vqvae.measure.Fidelity;

/**
 * What one side came to.
 *
 * @param name of the side and its variant
 * @param parameters numbers that it learned
 * @param pictures that it was trained on, repetitions included
 * @param seconds of training
 * @param fidelity on the held-out pictures
 */
public record Contender(
    String name, long parameters, long pictures, double seconds, Fidelity fidelity) {}
