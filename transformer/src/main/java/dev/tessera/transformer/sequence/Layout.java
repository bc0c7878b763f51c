package dev.tessera.transformer.sequence;

/**
 * In which order a sequence goes through the positions.
 *
 * @param orderToken id of the token that opens the sequence and names the order
 * @param positions of its T + 1 tokens, 0 for the order token first; not copied
 */
public record Layout(int orderToken, int[] positions) {}
