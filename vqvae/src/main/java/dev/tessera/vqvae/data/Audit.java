package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PictureGrid;
import dev.tessera.vqvae.picture.Rgb;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is in a source. Duplicates and blank pictures are judged in the shape of a model: what is
 * equal there is equal to the model. Its size does not grow with the source: of what is wrong the
 * first are listed and all counted.
 *
 * @param source the source's string
 * @param files pictures that the source lists, usable or not
 * @param usable pictures that could be read
 * @param seconds that reading and preparing all of them took
 * @param rejected the others, with reasons
 * @param shapes of the usable originals
 * @param formats how many usable pictures have each format
 * @param modes how many usable pictures have each colour mode
 * @param captions what the captions are like
 * @param duplicates groups of ids whose pictures have the same pixels, two or more in each
 * @param repeated pictures in these groups without the first of each: training merges them
 * @param nearDuplicates groups of ids whose pictures look alike: the first, and those whose
 *     perceptual hash (dHash) differs from its in at most 3 of 64 bits and whose thumbnails by at
 *     most 4 of 255
 * @param alike pictures in these groups without the first of each
 * @param blank ids of pictures of a single colour
 * @param notice licence and attribution
 * @param sample some usable pictures, chosen by the seed, in the order of their ids
 */
public record Audit(
    String source,
    int files,
    int usable,
    double seconds,
    Counted<Rejected> rejected,
    Shapes shapes,
    Map<String, Integer> formats,
    Map<String, Integer> modes,
    CaptionStatistics captions,
    Counted<List<String>> duplicates,
    int repeated,
    Counted<List<String>> nearDuplicates,
    int alike,
    Counted<String> blank,
    String notice,
    List<Sample> sample) {
  /** Pictures in {@link #sample} at most. */
  public static final int SAMPLE = 48;

  private static final int COLUMNS = 8;

  /** Screen pixels that the sheet's cells have at least, so that captions can be read. */
  private static final int CELL = 96;

  /**
   * Sizes of pictures as they stand in their files.
   *
   * @param heights in pixels
   * @param widths in pixels
   * @param shortSides the smaller of both
   * @param aspects width / height, to three decimals
   * @param tall pictures with height at least 4/3 of the width
   * @param wide pictures with width at least 4/3 of the height
   */
  public record Shapes(
      Distribution heights,
      Distribution widths,
      Distribution shortSides,
      Distribution aspects,
      int tall,
      int wide) {}

  /** A picture of the sample with its alternative captions. */
  public record Sample(String id, List<String> captions, Rgb picture) {
    /** What stands under the picture: its first caption, or its id if it has none. */
    public String label() {
      return captions.isEmpty() ? id : captions.get(0);
    }
  }

  /**
   * Reads a whole source.
   *
   * @param config the shape in which pictures are compared and shown
   * @param seed chooses the sample
   * @throws IOException if the source cannot be read or has no pictures
   */
  public static Audit of(
      PictureSource source, PictureConfig config, long seed, PrepareListener listener)
      throws IOException {
    long start = System.nanoTime();
    try (AuditTally tally = new AuditTally(seed);
        PictureStream pictures = source.open()) {
      int files = PicturePass.run(pictures, config, listener, tally);
      return tally.finish(source, files, (System.nanoTime() - start) / 1e9);
    }
  }

  /**
   * Draws the sample with captions.
   *
   * @throws IllegalStateException if no picture was usable
   */
  public BufferedImage contactSheet() {
    if (sample.isEmpty()) {
      throw new IllegalStateException("no picture of " + source + " could be read");
    }
    Rgb first = sample.get(0).picture();
    int zoom = Math.max(1, (CELL + first.width() - 1) / first.width());
    List<Rgb> pictures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (Sample each : sample) {
      pictures.add(each.picture());
      labels.add(each.label());
    }
    return PictureGrid.captioned(COLUMNS, zoom).draw(pictures, labels);
  }
}
