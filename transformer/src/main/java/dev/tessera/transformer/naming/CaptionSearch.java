package dev.tessera.transformer.naming;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.decode.Caption;
import dev.tessera.transformer.decode.Captioner;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.Likelihood;
import dev.tessera.transformer.ranker.Ranker;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Finds captions for a picture in more ways than one, and puts them in order by how well they fit
 * it. Beam search finds those that the generator holds for likely; a {@link Namer} finds those
 * whose parts are likely, also such that no training picture has; a {@link CaptionFit} judges them
 * all.
 */
public final class CaptionSearch {
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
    double[][] likely = {};
    if (namer.isPresent()) {
      likely = namer.get().logProbabilities(picture);
      found.addAll(named(likely, codes, width, found, cancelled));
    }
    List<int[]> bpe = found.stream().map(Caption::bpe).toList();
    double[] fits =
        new CaptionFit(tokenizer, namer)
            .ofCaptions(
                likely,
                bpe,
                found.stream().mapToDouble(Caption::logLikelihood).toArray(),
                ranker.map(it -> it.fits(picture, bpe)));
    return IntStream.range(0, fits.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -fits[i]))
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
}
