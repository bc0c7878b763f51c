package dev.tessera.transformer.evaluation;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.Likelihood;
import dev.tessera.transformer.decode.TransformerWeights;
import dev.tessera.transformer.decode.WeightFormat;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * What held-out pictures cost a decoder that keeps its weights in one of the formats.
 *
 * @param format of the weights
 * @param imageBits bits per image token, given the caption where there is one
 */
public record FormatQuality(WeightFormat format, double imageBits) {
  private static final int ROWS = 32;

  /**
   * Measures each format on the same held-out pictures, F32 first.
   *
   * @param pictures prepared and split as they were for training
   * @param formats such as run on this machine
   * @throws IllegalArgumentException if the model has no stage 2 or nothing is held out
   */
  public static List<FormatQuality> of(
      Bundle bundle, PreparedPictures pictures, List<WeightFormat> formats) {
    Bundle.Stage2 stage2 =
        bundle
            .stage2()
            .orElseThrow(() -> new IllegalArgumentException("the model has stage 1 only"));
    int[] heldOut = pictures.heldOut();
    if (heldOut.length == 0) {
      throw new IllegalArgumentException(
          "no picture of the source is held out, so there is nothing to measure on");
    }
    List<Likelihood.Pair> pairs = pairs(bundle, stage2, pictures, heldOut);
    TransformerWeights weights = TransformerWeights.read(stage2.config(), stage2.weights());
    List<FormatQuality> qualities = new ArrayList<>();
    for (WeightFormat format : formats) {
      try (IncrementalDecoder decoder =
          new IncrementalDecoder(stage2.config(), weights, ROWS, format)) {
        List<Likelihood.Score> scores = new Likelihood(decoder).score(pairs, Direction.FORWARD);
        qualities.add(
            new FormatQuality(
                format,
                scores.stream()
                    .mapToDouble(Likelihood.Score::imageBitsPerToken)
                    .average()
                    .orElseThrow()));
      }
    }
    return qualities;
  }

  private static List<Likelihood.Pair> pairs(
      Bundle bundle, Bundle.Stage2 stage2, PreparedPictures pictures, int[] heldOut) {
    int[][] codes;
    try (PictureCodec codec =
        new PictureCodec(
            bundle.vqvae(), new ParameterStore(bundle.vqvaeWeights()), Execution.best())) {
      codes = codec.encode(heldOut.length, i -> pictures.picture(heldOut[i]));
    }
    List<Likelihood.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < heldOut.length; i++) {
      List<String> captions = pictures.entry(heldOut[i]).captions();
      int[] bpe = captions.isEmpty() ? new int[0] : stage2.tokenizer().encode(captions.get(0));
      pairs.add(new Likelihood.Pair(bpe, codes[i]));
    }
    return pairs;
  }
}
