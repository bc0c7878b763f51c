package dev.tessera.transformer.naming;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.decode.Caption;
import dev.tessera.transformer.decode.Captioner;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.Likelihood;
import dev.tessera.transformer.ranker.Ranker;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Finds captions for a picture in more ways than one, and puts them in order by what all of them
 * say. Beam search finds those that the generator holds for likely; it sees the picture's tokens,
 * which know little of style, and learned captions beside much else. A {@link Namer} finds those
 * whose parts are likely, also such that no training picture has; it sees the picture itself, but
 * not which parts go together. A {@link Ranker} compares whole captions with the picture.
 *
 * <p>A caption's worth is the sum of the logarithms of what generator and namer hold for likely,
 * those of the namer times {@value #NAMED}, and {@value #FIT} times the ranker's cosine.
 */
public final class CaptionSearch {
  /** Chosen on every other one of the held-out pictures of all emoji, as is {@link #FIT}. */
  private static final double NAMED = 2;

  private static final double FIT = 20;

  private final IncrementalDecoder decoder;
  private final Bpe tokenizer;
  private final Optional<Ranker> ranker;
  private final Optional<Namer> namer;

  /**
   * A search that has the decoder for itself while it works.
   *
   * @param ranker if the model has one
   * @param namer if the model has one
   */
  public CaptionSearch(
      IncrementalDecoder decoder, Bpe tokenizer, Optional<Ranker> ranker, Optional<Namer> namer) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.ranker = ranker;
    this.namer = namer;
  }

  /**
   * Captions for a picture, the best first.
   *
   * @param picture of the model's size
   * @param codes of the picture, Ni
   * @param width captions that each way may find, 1 to the decoder's rows
   * @param cancelled asked before each step; a {@link java.util.concurrent.CancellationException}
   *     follows
   * @return at least one; of what naming finds, what the search did not
   */
  public List<Caption> best(Rgb picture, int[] codes, int width, BooleanSupplier cancelled) {
    List<Caption> found = new ArrayList<>(new Captioner(decoder).search(codes, width, cancelled));
    Optional<double[][]> likely = namer.map(it -> it.logProbabilities(picture));
    if (likely.isPresent()) {
      found.addAll(named(likely.get(), codes, width, found, cancelled));
    }
    double[] worth = found.stream().mapToDouble(Caption::logLikelihood).toArray();
    for (int i = 0; i < worth.length && likely.isPresent(); i++) {
      worth[i] += NAMED * named(likely.get(), tokenizer.decode(found.get(i).bpe()));
    }
    if (ranker.isPresent()) {
      double[] fits = ranker.get().fits(picture, found.stream().map(Caption::bpe).toList());
      for (int i = 0; i < worth.length; i++) {
        worth[i] += FIT * fits[i];
      }
    }
    return IntStream.range(0, worth.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -worth[i]))
        .map(found::get)
        .toList();
  }

  /** The captions of the likeliest parts that were not found already, with their likelihoods. */
  private List<Caption> named(
      double[][] likely, int[] codes, int width, List<Caption> found, BooleanSupplier cancelled) {
    Set<String> known = new HashSet<>();
    found.forEach(caption -> known.add(tokenizer.decode(caption.bpe())));
    List<Likelihood.Pair> pairs = new ArrayList<>();
    for (int[] parts : CaptionForm.best(likely, width)) {
      String caption = namer.orElseThrow().form().caption(parts);
      int[] bpe = tokenizer.encode(caption);
      // One that is too long for the model would be judged by its beginning.
      if (bpe.length < decoder.config().textLength() && known.add(caption)) {
        pairs.add(new Likelihood.Pair(bpe, codes));
      }
    }
    double[] likelihoods = new Likelihood(decoder).textGivenImage(pairs, cancelled);
    return IntStream.range(0, likelihoods.length)
        .mapToObj(i -> Caption.of(pairs.get(i).bpe(), likelihoods[i]))
        .toList();
  }

  /**
   * How likely the namer holds the parts of a caption; what it does not know is no likelier than
   * the least likely that it does.
   */
  private double named(double[][] likely, String caption) {
    Optional<int[]> parts = namer.orElseThrow().form().parse(caption);
    double sum = 0;
    for (int place = 0; place < likely.length; place++) {
      int part = parts.isPresent() ? parts.get()[place] : -1;
      sum += part >= 0 ? likely[place][part] : Arrays.stream(likely[place]).min().orElseThrow();
    }
    return sum;
  }
}
