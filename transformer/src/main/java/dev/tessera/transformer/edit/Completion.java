package dev.tessera.transformer.edit;

import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.ModelView;
import dev.tessera.vqvae.picture.Pictures;
import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;

/**
 * A picture of any size of which a part is to be filled: what a model needs to see of it, and what
 * becomes of the picture when the model is done.
 *
 * <p>A token is filled if any of its pixels is; its other pixels come back from the picture, as all
 * do that the mask keeps, to the bit. What lies under the mask has no influence: before the model
 * sees it, it is filled smoothly from around. Nor does it blend with what comes in its place. Seams
 * are closed inside the mask alone: what the model's picture is off by where the mask ends is made
 * up for beyond that, less and less over the length of a token.
 */
public final class Completion {
  private static final int COLOURS = 3;

  private final VqvaeConfig config;
  private final Rgb picture;
  private final PictureMask mask;
  private final ModelView view;

  /**
   * A picture and what is to be filled of it.
   *
   * @param config of the auto-encoder
   * @param mask of the picture's size
   * @throws IllegalArgumentException if the mask has another size, fills nothing, or fills what the
   *     model does not see of the picture
   */
  public Completion(VqvaeConfig config, Rgb picture, PictureMask mask) {
    if (mask.height() != picture.height() || mask.width() != picture.width()) {
      throw new IllegalArgumentException(
          "the mask has %d × %d pixels, but the picture has %d × %d"
              .formatted(mask.width(), mask.height(), picture.width(), picture.height()));
    }
    if (mask.isEmpty()) {
      throw new IllegalArgumentException("the mask fills nothing of the picture");
    }
    this.config = config;
    this.picture = picture;
    this.mask = mask;
    this.view = new ModelView(picture.height(), picture.width(), config.picture());
    requireSeen();
  }

  private void requireSeen() {
    for (int row = 0; row < mask.height(); row++) {
      for (int column = 0; column < mask.width(); column++) {
        if (mask.fills(row, column) && !view.sees(row, column)) {
          throw new IllegalArgumentException(
              String.format(
                  "the mask reaches beyond what the model sees, the middle of the picture with the"
                      + " sides' ratio %d to %d: crop the picture to that first",
                  config.picture().width(), config.picture().height()));
        }
      }
    }
  }

  /** What the model sees: the picture in its shape, its hole filled from around. */
  public Rgb seen() {
    float[] colours = floats(picture);
    Surroundings.fill(colours, mask.filled(), mask.height(), mask.width());
    return Pictures.prepare(bytes(colours), config.picture());
  }

  /** Whether each token of the model's picture is known, in raster order. */
  public boolean[] known() {
    boolean[] known = new boolean[config.tokens()];
    Arrays.fill(known, true);
    for (int row = 0; row < mask.height(); row++) {
      int firstRow = token(view.top(row), config.gridHeight());
      int lastRow = lastToken(view.top(row + 1), config.gridHeight());
      for (int column = 0; column < mask.width(); column++) {
        if (mask.fills(row, column)) {
          int first = token(view.left(column), config.gridColumns());
          int last = lastToken(view.left(column + 1), config.gridColumns());
          for (int y = firstRow; y <= lastRow; y++) {
            int start = y * config.gridColumns();
            Arrays.fill(known, start + first, start + Math.max(first, last) + 1, false);
          }
        }
      }
    }
    return known;
  }

  /** The token that a place of the model's picture belongs to. */
  private int token(double place, int tokens) {
    int token = (int) Math.floor(place / config.downsampling());
    return Math.max(0, Math.min(tokens - 1, token));
  }

  /** The last token before a place. */
  private int lastToken(double end, int tokens) {
    int token = (int) Math.ceil(end / config.downsampling()) - 1;
    return Math.max(0, Math.min(tokens - 1, token));
  }

  /**
   * The picture with its hole filled.
   *
   * @param made by the model, of its shape
   */
  public Rgb finish(Rgb made) {
    Rgb restored = view.restore(made);
    float[] kept = floats(picture);
    float[] filling = floats(restored);
    float[] error = new float[kept.length];
    for (int i = 0; i < error.length; i++) {
      error[i] = kept[i] - filling[i];
    }
    Surroundings.fill(error, mask.filled(), mask.height(), mask.width());
    float[] distance = distances();
    float reach = (float) Math.max(1, config.downsampling() * view.scale());
    for (int pixel = 0; pixel < distance.length; pixel++) {
      // An error is made up for in full where it was measured: a kept pixel is itself again.
      float share = Math.max(0, 1 - distance[pixel] / reach);
      for (int c = 0; c < COLOURS; c++) {
        int at = pixel * COLOURS + c;
        filling[at] = mask.filled()[pixel] ? filling[at] + share * error[at] : kept[at];
      }
    }
    return bytes(filling);
  }

  /** How far each pixel is from one that is kept, nearly: in steps of 1 and diagonal ones of √2. */
  private float[] distances() {
    int height = mask.height();
    int width = mask.width();
    float[] distance = new float[height * width];
    for (int i = 0; i < distance.length; i++) {
      distance[i] = mask.filled()[i] ? Float.MAX_VALUE : 0;
    }
    for (int i = 0; i < distance.length; i++) {
      relax(distance, i, -1);
    }
    for (int i = distance.length - 1; i >= 0; i--) {
      relax(distance, i, 1);
    }
    return distance;
  }

  /** Looks at the four neighbours before a pixel, or at the four after it. */
  private void relax(float[] distance, int pixel, int direction) {
    int row = pixel / mask.width();
    int column = pixel % mask.width();
    float diagonal = (float) Math.sqrt(2);
    distance[pixel] = Math.min(distance[pixel], at(distance, row, column + direction) + 1);
    for (int aside = -1; aside <= 1; aside++) {
      float step = aside == 0 ? 1 : diagonal;
      float there = at(distance, row + direction, column + aside);
      distance[pixel] = Math.min(distance[pixel], there + step);
    }
  }

  private float at(float[] distance, int row, int column) {
    boolean inside = row >= 0 && row < mask.height() && column >= 0 && column < mask.width();
    return inside ? distance[row * mask.width() + column] : Float.MAX_VALUE;
  }

  private static float[] floats(Rgb picture) {
    float[] values = new float[picture.pixels().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = picture.pixels()[i] & 0xFF;
    }
    return values;
  }

  private Rgb bytes(float[] values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) Math.max(0, Math.min(255, Math.round(values[i])));
    }
    return new Rgb(picture.height(), picture.width(), pixels);
  }
}
