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
 * equal there is equal to the model.
 *
 * @param source the source's string
 * @param files pictures that the source lists, usable or not
 * @param usable pictures that could be read
 * @param rejected the others, with reasons
 * @param heights of the usable originals, in pixels
 * @param widths of the usable originals, in pixels
 * @param aspects width / height of the usable originals
 * @param formats how many usable pictures have each format
 * @param modes how many usable pictures have each colour mode
 * @param captions what the captions are like
 * @param duplicates groups of ids whose pictures have the same pixels, two or more in each
 * @param blank ids of pictures of a single colour
 * @param notice licence and attribution
 * @param sample some usable pictures, chosen by the seed, in the order of their ids
 */
public record Audit(
    String source,
    int files,
    int usable,
    List<Rejected> rejected,
    Distribution heights,
    Distribution widths,
    Distribution aspects,
    Map<String, Integer> formats,
    Map<String, Integer> modes,
    CaptionStatistics captions,
    List<List<String>> duplicates,
    List<String> blank,
    String notice,
    List<Sample> sample) {
  /** Pictures in {@link #sample} at most. */
  public static final int SAMPLE = 48;

  private static final int COLUMNS = 8;

  /** Screen pixels that the sheet's cells have at least, so that captions can be read. */
  private static final int CELL = 96;

  /** A picture of the sample: its first caption, or its id if it has none, stands under it. */
  public record Sample(String id, String label, Rgb picture) {}

  /**
   * Reads a whole source.
   *
   * @param config the shape in which pictures are compared and shown
   * @param seed chooses the sample
   * @throws IOException if the source cannot be listed or has no pictures
   */
  public static Audit of(
      PictureSource source, PictureConfig config, long seed, PrepareListener listener)
      throws IOException {
    List<SourcePicture> pictures = source.pictures();
    AuditTally tally = new AuditTally(seed);
    PicturePass.run(pictures, config, listener, tally);
    return tally.finish(source, pictures.size());
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
