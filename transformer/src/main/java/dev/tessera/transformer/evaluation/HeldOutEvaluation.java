package dev.tessera.transformer.evaluation;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.training.HeldOutBits;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.measure.CodebookUsage;
import dev.tessera.vqvae.measure.Psnr;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How well a model does on held-out pictures.
 *
 * @param heldOut pictures measured
 * @param psnr of reconstructions in dB, from the squared error pooled over all 8-bit values
 * @param usage share of the codes that occur in the held-out pictures
 * @param perplexity of the codes
 * @param likelihood of stage 2; absent where the bundle has none
 */
public record HeldOutEvaluation(
    int heldOut, double psnr, double usage, double perplexity, Optional<Likelihoods> likelihood) {

  /**
   * What image tokens cost in bits, per token.
   *
   * @param imageBits given the true caption (or none, for pictures without)
   * @param shuffledBits given the caption of another held-out picture of the same style; not a
   *     number without captions
   * @param positionalUnigramBits entropy of the codes at each place of the grid over the training
   *     pictures, averaged over the places: what a model could do that knew nothing else
   * @param p probability of a difference as large if the caption did not matter (paired)
   * @param textBits of captions given the picture; not a number without captions
   * @param holes what holes cost to fill; none for a model without infilling
   */
  public record Likelihoods(
      double imageBits,
      double shuffledBits,
      double positionalUnigramBits,
      double p,
      double textBits,
      List<HoleBits> holes) {
    public Likelihoods {
      holes = List.copyOf(holes);
    }

    /** How far the model stays below the positional unigram, as a share of it. */
    public double gain() {
      return 1 - imageBits / positionalUnigramBits;
    }
  }

  /**
   * Measures a model.
   *
   * @param pictures prepared and split as they were for training
   * @param seed of the paired test
   * @throws IllegalArgumentException if nothing is held out
   */
  public static HeldOutEvaluation of(Bundle bundle, PreparedPictures pictures, long seed) {
    if (pictures.heldOut().length == 0) {
      throw new IllegalArgumentException(
          "no picture of the source is held out, so there is nothing to measure on");
    }
    try (PictureCodec codec =
        new PictureCodec(
            bundle.vqvae(), new ParameterStore(bundle.vqvaeWeights()), Execution.best())) {
      return of(bundle, codec, pictures, pictures.heldOut(), pictures.training(), seed);
    }
  }

  /**
   * Measures a model on some pictures.
   *
   * @param heldOut numbers of the pictures, at least one
   * @param training numbers of the pictures that the positional unigram counts
   */
  static HeldOutEvaluation of(
      Bundle bundle,
      PictureCodec codec,
      PreparedPictures pictures,
      int[] heldOut,
      int[] training,
      long seed) {
    int[][] codes = codec.encode(heldOut.length, i -> pictures.picture(heldOut[i]));
    List<Rgb> reconstructions = codec.decode(codes);
    Psnr psnr = new Psnr();
    CodebookUsage usage = new CodebookUsage(bundle.vqvae().quantiser().codebookSize());
    for (int i = 0; i < heldOut.length; i++) {
      psnr.add(pictures.picture(heldOut[i]), reconstructions.get(i));
      usage.add(codes[i]);
    }
    return new HeldOutEvaluation(
        heldOut.length,
        psnr.decibels(),
        usage.used(),
        usage.perplexity(),
        bundle
            .stage2()
            .map(stage2 -> likelihoods(stage2, pictures, codec, heldOut, training, codes, seed)));
  }

  private static Likelihoods likelihoods(
      Bundle.Stage2 stage2,
      PreparedPictures pictures,
      PictureCodec codec,
      int[] heldOut,
      int[] training,
      int[][] codes,
      long seed) {
    try (HeldOutBits bits =
        new HeldOutBits(stage2.config(), new ParameterStore(stage2.weights()), Execution.best())) {
      return likelihoods(
          stage2,
          bits,
          pictures,
          heldOut,
          positionalUnigram(pictures, codec, training),
          codes,
          seed);
    }
  }

  private static Likelihoods likelihoods(
      Bundle.Stage2 stage2,
      HeldOutBits bits,
      PreparedPictures pictures,
      int[] heldOut,
      double unigram,
      int[][] codes,
      long seed) {
    SequenceBuilder builder = new SequenceBuilder(stage2.config());
    int[][] captions = captions(stage2.tokenizer(), pictures, heldOut);
    boolean captioned = Arrays.stream(captions).anyMatch(caption -> caption.length > 0);
    int[] others = sameStyle(pictures, heldOut);
    List<TokenSequence> forward = new ArrayList<>();
    List<TokenSequence> shuffled = new ArrayList<>();
    List<TokenSequence> reverse = new ArrayList<>();
    for (int i = 0; i < heldOut.length; i++) {
      forward.add(builder.build(captions[i], codes[i], Direction.FORWARD));
      shuffled.add(builder.build(captions[others[i]], codes[i], Direction.FORWARD));
      if (captions[i].length > 0) {
        reverse.add(builder.build(captions[i], codes[i], Direction.REVERSE));
      }
    }
    HeldOutBits.Bits[] own = bits.measure(forward);
    List<HoleBits> holes =
        stage2.config().infilling()
            ? HoleBits.of(stage2.config(), bits, captions, codes, seed)
            : List.of();
    if (!captioned) {
      return new Likelihoods(
          HeldOutBits.perImageToken(own), Double.NaN, unigram, Double.NaN, Double.NaN, holes);
    }
    HeldOutBits.Bits[] other = bits.measure(shuffled);
    double[] differences = new double[heldOut.length];
    for (int i = 0; i < heldOut.length; i++) {
      differences[i] = other[i].image() - own[i].image();
    }
    HeldOutBits.Bits[] text = bits.measure(reverse);
    double textBits = HeldOutBits.perTextToken(text);
    return new Likelihoods(
        HeldOutBits.perImageToken(own),
        HeldOutBits.perImageToken(other),
        unigram,
        PairedTest.p(differences, seed),
        textBits,
        holes);
  }

  private static int[][] captions(Bpe tokenizer, PreparedPictures pictures, int[] which) {
    return Arrays.stream(which)
        .mapToObj(picture -> pictures.entry(picture).captions())
        .map(captions -> captions.isEmpty() ? new int[0] : tokenizer.encode(captions.get(0)))
        .toArray(int[][]::new);
  }

  /** For each held-out picture the next one of its style, the first after the last. */
  private static int[] sameStyle(PreparedPictures pictures, int[] heldOut) {
    Map<String, List<Integer>> styles = new LinkedHashMap<>();
    for (int i = 0; i < heldOut.length; i++) {
      PictureEntry entry = pictures.entry(heldOut[i]);
      styles.computeIfAbsent(entry.style(), style -> new ArrayList<>()).add(i);
    }
    int[] others = new int[heldOut.length];
    for (List<Integer> members : styles.values()) {
      for (int i = 0; i < members.size(); i++) {
        others[members.get(i)] = members.get((i + 1) % members.size());
      }
    }
    return others;
  }

  private static double positionalUnigram(
      PreparedPictures pictures, PictureCodec codec, int[] training) {
    int[][] codes = codec.encode(training.length, i -> pictures.picture(training[i]));
    int places = codec.config().tokens();
    double bits = 0;
    for (int place = 0; place < places; place++) {
      Map<Integer, Integer> counts = new HashMap<>();
      for (int[] picture : codes) {
        counts.merge(picture[place], 1, Integer::sum);
      }
      for (int count : counts.values()) {
        double share = (double) count / codes.length;
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return bits / places;
  }
}
