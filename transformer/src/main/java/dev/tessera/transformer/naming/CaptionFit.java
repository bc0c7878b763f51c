package dev.tessera.transformer.naming;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.decode.Caption;
import dev.tessera.transformer.ranker.Ranker;
import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How well captions and pictures fit each other by all that a model knows. The generator sees the
 * picture's tokens, which know little of style, and learned captions beside much else. A {@link
 * Namer} sees the picture itself, but not which parts of captions go together. A {@link Ranker}
 * compares whole captions with the picture. A fit is the sum of the logarithms of what generator
 * and namer hold for likely, those of the namer times {@value #NAMED}, and {@value #COSINE} times
 * the ranker's cosine; what a model has not counts 0.
 */
public final class CaptionFit {
  /** Chosen on every other one of the held-out pictures of all emoji, as is {@link #COSINE}. */
  private static final double NAMED = 2;

  private static final double COSINE = 20;

  private final Bpe tokenizer;
  private final Optional<Ranker> ranker;
  private final Optional<Namer> namer;

  /**
   * What a model knows beside how likely its generator holds captions.
   *
   * @param tokenizer of the captions
   * @param ranker if the model has one
   * @param namer if the model has one
   */
  public CaptionFit(Bpe tokenizer, Optional<Ranker> ranker, Optional<Namer> namer) {
    this.tokenizer = tokenizer;
    this.ranker = ranker;
    this.namer = namer;
  }

  /**
   * Of captions for one picture, to be compared with each other. What the namer does not know of
   * one is no likelier than the least likely that it does.
   *
   * @param likely what the namer says of the picture, if there is one
   */
  double[] ofCaptions(Rgb picture, Optional<double[][]> likely, List<Caption> captions) {
    double[] fits = captions.stream().mapToDouble(Caption::logLikelihood).toArray();
    for (int i = 0; i < fits.length && likely.isPresent(); i++) {
      int[] parts = parts(captions.get(i).bpe());
      for (int place = 0; place < parts.length; place++) {
        double[] scores = likely.get()[place];
        int part = parts[place];
        fits[i] += NAMED * (part < 0 ? Arrays.stream(scores).min().orElseThrow() : scores[part]);
      }
    }
    if (ranker.isPresent()) {
      double[] cosines = ranker.get().fits(picture, captions.stream().map(Caption::bpe).toList());
      for (int i = 0; i < fits.length; i++) {
        fits[i] += COSINE * cosines[i];
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
   */
  public double[] ofPictures(List<Rgb> pictures, List<int[]> bpe, double[] logLikelihoods) {
    double[] fits = logLikelihoods.clone();
    for (int i = 0; i < fits.length && namer.isPresent(); i++) {
      int[] parts = parts(bpe.get(i));
      double[][] likely = namer.get().logProbabilities(pictures.get(i));
      for (int place = 0; place < parts.length; place++) {
        fits[i] += parts[place] < 0 ? 0 : NAMED * likely[place][parts[place]];
      }
    }
    if (ranker.isPresent()) {
      double[] cosines = ranker.get().fits(pictures, bpe);
      for (int i = 0; i < fits.length; i++) {
        fits[i] += COSINE * cosines[i];
      }
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
