package dev.tessera.transformer.evaluation;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.Holes;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.training.HeldOutBits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What the true tokens of a hole cost, in bits per token, given the caption and all of the picture
 * around the hole, against what the same tokens cost the same model in raster order, where each is
 * predicted from the caption and what precedes it.
 *
 * <p>Known tokens at the edge of a hole were encoded from the whole picture, so they hold a trace
 * of what is in it; that is so for both figures.
 *
 * <p>{@link dev.tessera.transformer.decode.ImageSampler} draws the tokens of a hole from a mixture
 * of both distributions; what that costs is the third figure.
 *
 * @param hole which part of the picture
 * @param infillingBits given all else
 * @param rasterBits given what precedes each
 * @param mixedBits by that mixture
 */
public record HoleBits(String hole, double infillingBits, double rasterBits, double mixedBits) {

  /**
   * Measures a model on holes of six shapes.
   *
   * @param config of a model that was trained with infilling
   * @param captions ids of a caption for each picture, none for a picture without
   * @param codes of the pictures
   * @param seed of the holes that are scattered over a picture
   */
  static List<HoleBits> of(
      TransformerConfig config, HeldOutBits bits, int[][] captions, int[][] codes, long seed) {
    int height = config.gridHeight();
    int width = config.gridWidth();
    int rows = Math.max(1, height / 2);
    int columns = Math.max(1, width / 2);
    Holes holes = new Holes(height, width);
    Measurement measured = Measurement.of(config, bits, captions, codes);
    return List.of(
        measured.bits("top", i -> holes.box(0, 0, rows, width)),
        measured.bits("left", i -> holes.box(0, 0, height, columns)),
        measured.bits("right", i -> holes.box(0, width - columns, height, columns)),
        measured.bits("bottom", i -> holes.box(height - rows, 0, rows, width)),
        measured.bits(
            "centre", i -> holes.box((height - rows) / 2, (width - columns) / 2, rows, columns)),
        measured.bits("scattered", i -> half(height * width, seed, i)));
  }

  /** Half of the slots at random, others for each picture. */
  private static boolean[] half(int slots, long seed, int picture) {
    int[] order = new CounterRandom(seed, "scattered half", picture).permutation(slots);
    boolean[] known = new boolean[slots];
    Arrays.stream(order, 0, slots / 2).forEach(slot -> known[slot] = true);
    return known;
  }

  /**
   * @param raster bits of each slot of each picture in raster order
   */
  private record Measurement(
      TransformerConfig config,
      HeldOutBits bits,
      int[][] captions,
      int[][] codes,
      double[][] raster) {
    static Measurement of(
        TransformerConfig config, HeldOutBits bits, int[][] captions, int[][] codes) {
      SequenceBuilder builder = new SequenceBuilder(config);
      List<TokenSequence> sequences = new ArrayList<>();
      for (int i = 0; i < codes.length; i++) {
        sequences.add(builder.build(captions[i], codes[i], Direction.FORWARD));
      }
      return new Measurement(config, bits, captions, codes, bits.ofImageSlots(sequences));
    }

    HoleBits bits(String name, IntFunction<boolean[]> known) {
      SequenceBuilder builder = new SequenceBuilder(config);
      List<boolean[]> outside = new ArrayList<>();
      List<TokenSequence> sequences = new ArrayList<>();
      for (int i = 0; i < codes.length; i++) {
        outside.add(known.apply(i));
        sequences.add(builder.infilling(captions[i], codes[i], outside.get(i)));
      }
      double[][] infilling = bits.ofImageSlots(sequences);
      double inOrder = 0;
      double inRaster = 0;
      double inMixture = 0;
      int tokens = 0;
      for (int i = 0; i < codes.length; i++) {
        for (int slot = 0; slot < codes[i].length; slot++) {
          if (!outside.get(i)[slot]) {
            inOrder += infilling[i][slot];
            inRaster += raster[i][slot];
            inMixture += mixed(infilling[i][slot], raster[i][slot]);
            tokens++;
          }
        }
      }
      return new HoleBits(name, inOrder / tokens, inRaster / tokens, inMixture / tokens);
    }

    /** Bits of a token to which both distributions give so many. */
    private static double mixed(double infilling, double raster) {
      double share = ImageSampler.HOLE_SHARE;
      double mixture = share * Math.pow(2, -infilling) + (1 - share) * Math.pow(2, -raster);
      return -Math.log(mixture) / Math.log(2);
    }
  }
}
