package dev.tessera.transformer.decode;

/**
 * A sampled picture.
 *
 * @param codes Ni codes in raster order
 * @param logLikelihood of the codes that were not known given the text and those that were, in
 *     nats, under the model's own distribution; of a whole picture the same as {@link Likelihood}
 *     finds
 */
public record ImageSample(int[] codes, double logLikelihood) {}
