package dev.tessera.transformer.decode;

/**
 * A sampled picture.
 *
 * @param codes Ni codes in raster order
 * @param logLikelihood of all codes given the text, in nats, under the model's own distribution;
 *     the same as {@link Likelihood} finds
 */
public record ImageSample(int[] codes, double logLikelihood) {}
