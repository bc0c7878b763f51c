package dev.tessera.transformer.decode;

/**
 * A caption that a model found for a picture.
 *
 * @param bpe ids of the text, without end of text, at least one
 * @param logLikelihood of the text and its end given the picture, in nats
 * @param perToken logLikelihood over the number of tokens, the end included
 */
public record Caption(int[] bpe, double logLikelihood, double perToken) {
  /** A caption of that likelihood. */
  public static Caption of(int[] bpe, double logLikelihood) {
    return new Caption(bpe, logLikelihood, logLikelihood / (bpe.length + 1));
  }
}
