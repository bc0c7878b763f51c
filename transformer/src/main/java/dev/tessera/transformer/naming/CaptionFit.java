package dev.tessera.transformer.naming;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * How well captions and pictures fit each other by all that a model knows. The generator sees the
 * picture's tokens, which know little of style, and learned captions beside much else. A {@link
 * Namer} sees the picture itself, but not which parts of captions go together. A {@link
 * dev.tessera.transformer.ranker.Ranker} compares whole captions with the picture. A fit is the sum
 * of the logarithms of what generator and namer hold for likely, those of the namer times a weight,
 * and {@value #COSINE_WEIGHT} times the ranker's cosine; what a model has not counts 0.
 *
 * <p>Captions of a real picture are to be likely in all their parts: each has the weight {@value
 * #CAPTION_WEIGHT}. Samples often show what was asked for in another style, or in none, which
 * generator and ranker hardly mind: among them how a picture is drawn ({@link Aspect#DRAWN}) has
 * the weight {@value #DRAWN_WEIGHT}, so that of equally good ones in a style the thing decides, and
 * what it shows {@value #SHOWN_WEIGHT}. All weights were chosen on held-out pictures of all emoji,
 * whose captions name a thing and a style.
 */
public final class CaptionFit {
  private static final double CAPTION_WEIGHT = 2;
  private static final double SHOWN_WEIGHT = 2;
  private static final double DRAWN_WEIGHT = 256;
  private static final double COSINE_WEIGHT = 20;

  private final Bpe tokenizer;
  private final Optional<Namer> namer;

  /**
   * What a model knows of the parts of captions.
   *
   * @param tokenizer of the captions
   * @param namer if the model has one
   */
  public CaptionFit(Bpe tokenizer, Optional<Namer> namer) {
    this.tokenizer = tokenizer;
    this.namer = namer;
  }

  /**
   * Of captions for one picture, to be compared with each other. What the namer does not know of
   * one is no likelier than the least likely that it does.
   *
   * @param likely what the namer says of the picture; not read where there is none
   * @param bpe tokens of the captions, without the end
   * @param logLikelihoods of the captions given the picture, in nats
   * @param cosines of the ranker, if the model has one
   */
  double[] ofCaptions(
      double[][] likely, List<int[]> bpe, double[] logLikelihoods, Optional<double[]> cosines) {
    double[] fits = withCosines(logLikelihoods, cosines);
    for (int i = 0; i < fits.length && namer.isPresent(); i++) {
      int[] parts = parts(bpe.get(i));
      for (int place = 0; place < parts.length; place++) {
        double least = Arrays.stream(likely[place]).min().orElseThrow();
        fits[i] += CAPTION_WEIGHT * (parts[place] < 0 ? least : likely[place][parts[place]]);
      }
    }
    return fits;
  }

  /**
   * Of pictures and the text beside each, to be compared with other pictures beside the same text.
   * What the namer does not know of it says nothing.
   *
   * @param pictures of the model's size
   * @param bpe tokens of as many texts, without the end
   * @param logLikelihoods of the texts given the pictures, in nats
   * @param cosines of the ranker, if the model has one
   * @param cancelled asked before each picture
   * @throws CancellationException if cancelled
   */
  public double[] ofPictures(
      List<Rgb> pictures,
      List<int[]> bpe,
      double[] logLikelihoods,
      Optional<double[]> cosines,
      BooleanSupplier cancelled) {
    double[] fits = withCosines(logLikelihoods, cosines);
    for (int i = 0; i < fits.length && namer.isPresent(); i++) {
      if (cancelled.getAsBoolean()) {
        throw new CancellationException();
      }
      int[] parts = parts(bpe.get(i));
      double[][] likely = namer.get().logProbabilities(pictures.get(i));
      for (int place = 0; place < parts.length; place++) {
        fits[i] += parts[place] < 0 ? 0 : weight(place) * likely[place][parts[place]];
      }
    }
    return fits;
  }

  /** Of a place of the namer's captions, among pictures. */
  private double weight(int place) {
    return switch (Aspect.of(namer.orElseThrow().form(), place)) {
      case SHOWN -> SHOWN_WEIGHT;
      case DRAWN -> DRAWN_WEIGHT;
    };
  }

  private static double[] withCosines(double[] logLikelihoods, Optional<double[]> cosines) {
    double[] fits = logLikelihoods.clone();
    for (int i = 0; i < fits.length && cosines.isPresent(); i++) {
      fits[i] += COSINE_WEIGHT * cosines.get()[i];
    }
    return fits;
  }

  /** For each place of the namer's captions the part that a text has there, −1 for none known. */
  private int[] parts(int[] bpe) {
    CaptionForm form = namer.orElseThrow().form();
    int[] none = new int[form.places().size()];
    Arrays.fill(none, -1);
    return form.parse(tokenizer.decode(bpe)).orElse(none);
  }
}
