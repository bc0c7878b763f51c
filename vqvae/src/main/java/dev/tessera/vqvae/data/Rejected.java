package dev.tessera.vqvae.data;

/**
 * A file that could not be used.
 *
 * @param id path relative to the source, with slashes
 * @param reason what is wrong with it
 */
public record Rejected(String id, String reason) {}
